/** The threaded build makes this many workers, and waits for them, whatever number of threads it is asked for. */
const workersOfModule = 8;

/** As many threads as it can be given: the main one computes too. */
export const maxThreads = workersOfModule + 1;

/** What the threaded build does with a worker, which is Node's. */
export interface ModuleWorker {
  onmessage: (event: { readonly data: { readonly cmd: string } }) => void;
  onerror: (error: Error) => void;
  on(event: string, listener: (value: never) => void): unknown;
  postMessage(message: unknown): void;
  ref(): void;
  unref(): void;
  terminate(): unknown;
}

/** How the threaded build comes by its workers. */
export interface Workers {
  /** The script of the next worker; to be called by the module right before it makes that. */
  readonly locate: () => string;
  /** Takes back what this has put into the global scope. */
  readonly release: () => void;
}

/**
 * Gives the threaded build as many workers as it needs, without the flags of this process, and otherwise some that only say that
 * they are ready: a worker costs 40 ms.
 */
export async function workersToStart(needed: number): Promise<Workers> {
  const { Worker } = await import('node:worker_threads');
  const { fileURLToPath } = await import('node:url');
  const script = fileURLToPath(new URL('./wasm-thread.js', import.meta.url));
  const host = globalThis as { Worker?: unknown };
  const before = host.Worker;
  let made = 0;

  function NextWorker(): object {
    made += 1;
    // The module takes the last ones first.
    return made > workersOfModule - needed ? new Worker(script, { execArgv: [] }) : idleWorker();
  }

  return {
    locate: () => {
      // The module has just put Node's class here.
      host.Worker = NextWorker;
      return script;
    },
    release: () => {
      if (before === undefined) delete host.Worker;
      else host.Worker = before;
    },
  };
}

function idleWorker(): ModuleWorker {
  const worker: ModuleWorker = {
    onmessage: () => undefined,
    onerror: () => undefined,
    on: () => worker,
    postMessage: () => queueMicrotask(() => worker.onmessage({ data: { cmd: 'loaded' } })),
    ref: () => undefined,
    unref: () => undefined,
    terminate: () => undefined,
  };
  return worker;
}
