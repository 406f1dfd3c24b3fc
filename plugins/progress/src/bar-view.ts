import cliProgress from 'cli-progress';
import { describePart, describeProgress } from './describe.js';
import type { ProgressView } from './progress-view.js';
import type { QuietStream } from './quiet-stream.js';

/** For terminals: a bar that is redrawn in place, at most ten times a second, and lines that stay above it. */
export function barView(stream: QuietStream, labelled: (text: string) => string): ProgressView {
  let bar: UnrefBar | undefined;
  return {
    step({ epoch, steps, stepsPerEpoch, ...measured }, epochs) {
      const details = describeProgress(measured).join('  ');
      const payload = { epoch: labelled(`epoch ${describePart(epoch, epochs)}`), details };
      if (bar) bar.update(steps, payload);
      else {
        bar = new UnrefBar({
          stream,
          format: stepsPerEpoch === undefined ? WITHOUT_BAR : WITH_BAR,
          barsize: 20,
          // Cut at the terminal's edge; switching its own wrapping off would outlive a killed process.
          linewrap: true,
          clearOnComplete: true,
        });
        bar.start(stepsPerEpoch ?? 0, steps, payload);
      }
    },
    line(text) {
      this.rest();
      stream.write(`${labelled(text)}\n`);
    },
    rest() {
      bar?.stop();
      bar = undefined;
    },
  };
}

const WITH_BAR = '{epoch} [{bar}] {value}/{total}  {details}';
const WITHOUT_BAR = '{epoch}  step {value}  {details}';

/** A bar whose timer does not keep the process alive: after a training that threw, nobody may come to stop it. */
class UnrefBar extends cliProgress.SingleBar {
  override render(): void {
    super.render();
    (this as unknown as { readonly timer: NodeJS.Timeout }).timer.unref();
  }
}
