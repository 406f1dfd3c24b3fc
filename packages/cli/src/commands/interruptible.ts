import { warn } from './print.js';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Runs `body` with a signal that the first Ctrl-C, or SIGTERM, sets off; the second one ends the process at once. */
export async function interruptible<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    warn('stopping after this step; once more to stop at once');
  };
  for (const name of signals) process.on(name, stop);
  try {
    return await body(controller.signal);
  } finally {
    for (const name of signals) process.off(name, stop);
  }
}
