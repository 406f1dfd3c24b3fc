import type { StoredTensor, TrainingState } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

/** PyTorch's names of the weights of the digits network's layers. */
const parameters: Readonly<Record<string, string>> = {
  kernel: 'weight',
  gamma: 'weight',
  beta: 'bias',
  bias: 'bias',
  movingMean: 'running_mean',
  movingVariance: 'running_var',
};

/** The digits network's weights of a checkpoint as PyTorch would have them. */
export function asStateDict(state: TrainingState): ReadonlyMap<string, StoredTensor> {
  return new Map(
    [...state.section('variables').tensors].map(([key, stored]): readonly [string, StoredTensor] => {
      const [layer, slot] = key.split('/') as [string, string];
      return [`${layer}.${parameters[slot]!}`, channelsFirst(stored)];
    }),
  );
}

/** `[h, w, in, out]` to `[out, in, h, w]`, `[in, out]` to `[out, in]`. */
function channelsFirst({ data, shape }: StoredTensor): StoredTensor {
  const axes = shape.length === 4 ? [3, 2, 0, 1] : [...shape.keys()].reverse();
  const values = tf.transpose(tf.tensor(data, [...shape]), axes);
  const result = {
    dtype: 'float32',
    shape: values.shape,
    data: values.dataSync<'float32'>().slice(),
  } as const;
  values.dispose();
  return result;
}
