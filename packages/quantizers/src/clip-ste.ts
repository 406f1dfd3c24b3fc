import type * as tf from '@tensorflow/tfjs';
import { clipFinite } from './clip-finite.js';
import { customGradient } from './custom-gradient.js';
import { inRange } from './in-range.js';

/**
 * Clips to [low, high]; the gradient is 1 inside, bounds included, and 0 outside. Infinity and NaN become NaN.
 *
 * `low` and `high` must be exact in float32.
 */
export function clipSte(value: tf.Tensor, low: number, high: number): tf.Tensor {
  return customGradient(
    [value],
    () => ({ value: clipFinite(value, low, high), saved: { input: value } }),
    (upstream, { input }) => [upstream.mul(inRange(input, low, high))],
  );
}
