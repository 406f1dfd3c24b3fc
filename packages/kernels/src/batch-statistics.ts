import * as tf from '@tensorflow/tfjs';
import { scaleAndShift } from './scale-and-shift.js';

/** Statistics of a batch, per channel. */
export interface BatchStatistics {
  /** `[channels]` */
  readonly mean: tf.Tensor1D;
  /** `[channels]`, biased: the mean of the squared distance from the mean. */
  readonly variance: tf.Tensor1D;
}

/** Mean and variance of x `[…, channels]` over all axes but the last, as plain tensors: no gradient flows through them. */
export function batchStatistics(x: tf.Tensor): BatchStatistics {
  const channels = x.shape.at(-1)!;
  return tf.tidy(() => {
    const statistics = tf.customGrad((input) => {
      const rows = (input as tf.Tensor).reshape<tf.Tensor2D>([x.size / channels, channels]);
      const mean = rows.mean<tf.Tensor1D>(0);
      // The variance of the centred values: the difference of two large means would lose digits.
      const centred = scaleAndShift(rows, tf.ones([channels]), mean.neg());
      const variance = centred.square().mean(0);
      return { value: tf.stack([mean, variance]), gradFunc: () => tf.zerosLike(x) };
    });
    const [mean, variance] = tf.unstack(statistics(x)) as [tf.Tensor1D, tf.Tensor1D];
    return { mean, variance };
  });
}
