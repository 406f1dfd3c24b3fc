import {
  accuracy,
  createTraining,
  softmaxCrossEntropy,
  type Training,
  type TrainingPlugin,
} from '@flatbit/core';
import { plainSgd } from './plain-sgd.js';
import { tinyModel } from './tiny-model.js';

export interface TinyTrainingOptions {
  /** Of the first weights; 1 unless given. */
  readonly seed?: number;
  /** 0.1 unless given. */
  readonly learningRate?: number;
  /** Where warnings go; nowhere unless given. */
  readonly warn?: (line: string) => void;
}

/** {@link tinyModel} under cross-entropy and momentum SGD, with accuracy as metric. `dispose` frees the model too. */
export function tinyTraining(
  plugins: readonly TrainingPlugin[] = [],
  { seed = 1, learningRate = 0.1, warn = () => {} }: TinyTrainingOptions = {},
): Training {
  return createTraining({
    model: tinyModel({ seed }),
    loss: softmaxCrossEntropy,
    optimizer: plainSgd(learningRate),
    metrics: { accuracy },
    plugins,
    warn,
  });
}
