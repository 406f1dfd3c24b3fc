import * as tf from '@tensorflow/tfjs';
import { through } from './through.js';

/**
 * 1 where `low <= value <= high`, bounds included, and 0 elsewhere; of the shape of `value`.
 *
 * `low` and `high` must be exact in float32. The value is compared with its clipped self, in one comparison.
 */
export function inRange(value: tf.Tensor, low: number, high: number): tf.Tensor {
  const clipped = tf.clipByValue(value, low, high);
  const mask = through(
    value,
    (whole) => whole.equal(clipped),
    (isInside) => isInside.cast('float32'),
  );
  clipped.dispose();
  return mask;
}

/** The float32 next to `bound` on the side of zero: makes a closed bound of `inRange` an open one. */
export function justInside(bound: number): number {
  return Math.fround(bound * (1 - 2 ** -24));
}
