import type { Batch, BatchSource } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

/** Inputs x of one batch; every target is 0. */
export function lineBatch(...inputs: number[]): Batch {
  return {
    inputs: [tf.tensor1d(inputs)],
    targets: [tf.zeros([inputs.length])],
    size: inputs.length,
  };
}

export function disposeBatch({ inputs, targets }: Batch): void {
  tf.dispose([[...inputs], [...targets]]);
}

/** The given batches in the given order in every epoch. */
export function lineBatches(...batches: (readonly number[])[]): BatchSource {
  return {
    examples: batches.flat().length,
    stepsPerEpoch: batches.length,
    *batches({ step = 0 }) {
      for (const inputs of batches.slice(step)) yield lineBatch(...inputs);
    },
  };
}
