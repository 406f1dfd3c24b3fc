import * as tf from '@tensorflow/tfjs';
import { largestMagnitude } from './largest-magnitude.js';
import { scaleFloor } from './scale-floor.js';
import { sumToShape } from './sum-to-shape.js';
import { through } from './through.js';

/** Powers of two to `steps / perOctave`, from the first step to the last. */
function factors(first: number, last: number, perOctave: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => 2 ** ((first + index) / perOctave));
}

/** Half octaves down to a range 180 times narrower, then three times a quarter of the step before, around the best. */
const stages = [factors(-15, 0, 2), factors(-3, 3, 8), factors(-3, 3, 32), factors(-3, 3, 128)];

/**
 * The clip value whose squared quantization error is least, to about half a percent, per element of `shape`, which is `[]` or
 * has 1 on the axes to reduce.
 *
 * Tries 37 ranges, each at the cost of one quantization, first from the largest magnitude down and then around the best. All
 * stays on the device: the best is picked by index.
 */
export function leastErrorClip(
  value: tf.Tensor,
  shape: readonly number[],
  quantize: (clipValue: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const squaredError = (clipValue: tf.Tensor): tf.Tensor =>
    tf.tidy(() => {
      const error = through(
        value,
        () => quantize(clipValue),
        (quantized) => quantized.sub(value),
        (difference) => difference.square(),
      );
      return sumToShape(error, shape);
    });
  const bestAround = (center: tf.Tensor, candidates: readonly number[]): tf.Tensor =>
    tf.tidy(() => {
      const errors = tf.stack(candidates.map((factor) => squaredError(center.mul(factor))));
      const best = tf.argMax(errors.neg(), 0); // the wasm engine has no argMin
      return center.mul(tf.gather(tf.tensor1d([...candidates]), best));
    });
  return tf.tidy(() => {
    const largest = tf.maximum(largestMagnitude(value, shape), scaleFloor);
    return tf.maximum(stages.reduce(bestAround, largest), scaleFloor);
  });
}
