import { UsageError } from '@flatbit/core';
import type { ExperimentData } from '../build/build-data.js';
import type { ResolvedExperiment } from '../resolve-experiment.js';

/** @throws UsageError if the best checkpoint is to be known by what is never measured. */
export function refuseUnmeasured(
  { checkpoint, loss }: ResolvedExperiment,
  { validation }: ExperimentData,
): void {
  if (checkpoint === false || checkpoint.best === false) return;
  if (!validation)
    throw new UsageError(
      `checkpoint.best: got "${checkpoint.best}" without a validation part; takes false, or give data.split.validation`,
    );
  if (checkpoint.best === 'accuracy' && loss !== 'softmaxCrossEntropy')
    throw new UsageError(
      'checkpoint.best: got "accuracy", which is measured with softmaxCrossEntropy alone; takes false or "loss"',
    );
}
