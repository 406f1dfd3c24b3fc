import * as tf from '@tensorflow/tfjs';
import { largestMagnitude } from './largest-magnitude.js';
import { scaleFloor } from './scale-floor.js';
import { sumToShape } from './sum-to-shape.js';
import { through } from './through.js';

/** Half octaves down from the largest magnitude: reaches a range 180 times narrower. */
const coarseFactors = Array.from({ length: 16 }, (_, index) => 2 ** (-index / 2));
/** Sixteenths of an octave around the best of those. */
const fineFactors = Array.from({ length: 15 }, (_, index) => 2 ** ((index - 7) / 16));

/**
 * The clip value whose squared quantization error is least, within 5 percent, per element of `shape`.
 *
 * Tries 16 ranges below the largest magnitude, then 15 around the best; each costs one quantization. What is tried stays on
 * the device: the best is picked by index.
 */
export function leastErrorClip(
  value: tf.Tensor,
  shape: readonly number[],
  quantize: (clipValue: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const squaredError = (clipValue: tf.Tensor): tf.Tensor =>
    tf.tidy(() =>
      sumToShape(
        through(
          value,
          () => quantize(clipValue),
          (quantized) => quantized.sub(value),
          (error) => error.square(),
        ),
        shape,
      ),
    );
  const bestOf = (center: tf.Tensor, factors: readonly number[]): tf.Tensor =>
    tf.tidy(() => {
      const errors = tf.stack(factors.map((factor) => squaredError(center.mul(factor))));
      const best = tf.argMax(errors.neg(), 0);
      return center.mul(tf.gather(tf.tensor1d([...factors]), best));
    });
  return tf.tidy(() => {
    const largest = tf.maximum(largestMagnitude(value, shape), scaleFloor);
    return tf.maximum(bestOf(bestOf(largest, coarseFactors), fineFactors), scaleFloor);
  });
}
