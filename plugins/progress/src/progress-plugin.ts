import { type TrainingPlugin, UsageError } from '@flatbit/core';
import { barView } from './bar-view.js';
import { describeEpoch, describePart } from './describe.js';
import { EpochMeter } from './epoch-meter.js';
import { lineView } from './line-view.js';
import type { ProgressView } from './progress-view.js';
import { type ProgressStream, QuietStream } from './quiet-stream.js';

export interface ProgressOptions {
  /** Where it is shown; `process.stderr` unless given. A terminal gets a bar, everything else plain lines. */
  readonly stream?: ProgressStream;
  /** Stands in front of every line. */
  readonly label?: string;
  /** Epochs in all; known by itself from the end of the first one on. */
  readonly epochs?: number;
  /** On a stream that is no terminal, the least time between two lines within an epoch; 10 unless given. */
  readonly secondsBetweenLines?: number;
}

/**
 * Shows how training goes: a bar within each epoch, and a line at its end. Reads nothing from the device. A stream that is
 * closed, or fails, is given up; training goes on.
 * @throws UsageError if `secondsBetweenLines` is not a number from 0 up.
 */
export function progressPlugin(options: ProgressOptions = {}): TrainingPlugin {
  const name = 'progress';
  const { stream: target = process.stderr, label, secondsBetweenLines = 10 } = options;
  if (!(secondsBetweenLines >= 0)) {
    throw new UsageError(
      `progress secondsBetweenLines: got ${secondsBetweenLines}; takes a number from 0 up`,
    );
  }
  const labelled = (text: string) => (label ? `${label}  ${text}` : text);
  const clock = () => performance.now() / 1000;
  return {
    name,
    apply({ onStepEnd, onEpochEnd, onInterrupt, dispose }) {
      let stream: QuietStream | undefined;
      let view: ProgressView | undefined;
      let meter: EpochMeter | undefined;
      let { epochs } = options;
      const show = (): ProgressView => {
        stream ??= new QuietStream(target);
        view ??= stream.isTTY
          ? barView(stream, labelled)
          : lineView(stream, labelled, secondsBetweenLines, clock);
        return view;
      };
      onStepEnd.tap(name, (report) => {
        meter ??= new EpochMeter();
        show().step(meter.add(report, clock()), epochs);
      });
      onEpochEnd.tap(name, (summary) => {
        epochs = summary.epochs;
        meter = undefined;
        show().line(describeEpoch(summary));
      });
      onInterrupt.tap(name, ({ epoch, stepInEpoch, stepsPerEpoch }) => {
        meter = undefined;
        const step = describePart(stepInEpoch, stepsPerEpoch);
        show().line(`interrupted in epoch ${describePart(epoch + 1, epochs)}  step ${step}`);
      });
      dispose.tap(name, () => {
        view?.rest();
        stream?.release();
        stream = view = undefined;
      });
    },
  };
}
