import { describePart, describeProgress } from './describe.js';
import type { ProgressView } from './progress-view.js';
import type { QuietStream } from './quiet-stream.js';

/** For files, pipes and logs: whole lines, and of the steps at most one line in so many seconds. */
export function lineView(
  stream: QuietStream,
  labelled: (text: string) => string,
  secondsBetweenLines: number,
  clock: () => number,
): ProgressView {
  let last = clock();
  const line = (text: string) => {
    last = clock();
    stream.write(`${labelled(text)}\n`);
  };
  return {
    step({ epoch, steps, stepsPerEpoch, ...measured }, epochs) {
      // The epoch's own line comes at its end.
      if (steps === stepsPerEpoch || clock() - last < secondsBetweenLines) return;
      const where = `epoch ${describePart(epoch, epochs)}  step ${describePart(steps, stepsPerEpoch)}`;
      line([where, ...describeProgress(measured)].join('  '));
    },
    line,
    rest() {},
  };
}
