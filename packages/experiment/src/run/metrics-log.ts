import type { EpochSummary, TrainingPlugin } from '@flatbit/core';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';

/** Loss and metrics as JSON has them: null is a number that was not finite, that of an epoch without a whole step for one. */
export interface StoredMeasures {
  readonly loss: number | null;
  /** By metric name. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** One line of `metrics.jsonl`: an epoch. Two equal runs differ in `timing` alone. */
export interface MetricsLine extends Pick<EpochSummary, 'epoch' | 'step' | 'learningRateFactor' | 'timing'> {
  readonly training: StoredMeasures & { readonly sharpness?: number | null; readonly skippedSteps?: number };
  readonly validation?: StoredMeasures;
}

/** Appends a line after each epoch. */
export function metricsLogPlugin(path: string): TrainingPlugin {
  const name = 'metrics-log';
  return {
    name,
    apply({ onEpochEnd }) {
      onEpochEnd.tapPromise(name, async (summary) => {
        appendFileSync(path, `${JSON.stringify(lineOf(summary))}\n`);
      });
    },
  };
}

function lineOf({
  epoch,
  step,
  learningRateFactor,
  training,
  validation,
  timing,
}: EpochSummary): MetricsLine {
  return { epoch, step, learningRateFactor, training, ...(validation && { validation }), timing };
}

/** The lines that were written whole. */
export function readMetrics(path: string): readonly MetricsLine[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as MetricsLine);
}

/** Drops the lines after epoch `epochs`: a run that is resumed writes them again. */
export async function cutMetrics(path: string, epochs: number): Promise<void> {
  const kept = readMetrics(path).filter(({ epoch }) => epoch <= epochs);
  await writeFileAtomic(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
