import * as tf from '@tensorflow/tfjs';
import { sharedAxes } from './sum-to-shape.js';

/**
 * The smallest value that at least `percentile` percent of the values do not exceed (nearest rank), per element of `shape`,
 * which is `[]` or has 1 on the axes to reduce. `percentile` is above 0 and up to 100.
 */
export function percentileOf(value: tf.Tensor, percentile: number, shape: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    const shared = sharedAxes(value, shape);
    const kept = value.shape.map((_, axis) => axis).filter((axis) => !shared.includes(axis));
    const groups = kept.reduce((product, axis) => product * value.shape[axis]!, 1);
    const groupSize = value.size / groups;
    const rank = Math.max(1, Math.ceil((percentile * groupSize) / 100 - 1e-9));
    const { values } = tf.topk(
      value.transpose([...kept, ...shared]).reshape([groups, groupSize]),
      groupSize - rank + 1,
    );
    return values.slice([0, groupSize - rank], [groups, 1]).reshape([...shape]);
  });
}
