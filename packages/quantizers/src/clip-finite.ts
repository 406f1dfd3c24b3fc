import * as tf from '@tensorflow/tfjs';
import { through } from './through.js';

/**
 * Clips what is finite to [low, high]; infinity and NaN become NaN.
 *
 * A plain clip turns infinity into a bound, and on the wasm engine NaN too, which would hide both from whoever watches for
 * them. `value * 0` is 0 or NaN.
 */
export function clipFinite(value: tf.Tensor, low: number, high: number): tf.Tensor {
  const zeroOrNan = value.mul(0);
  const clipped = through(
    value,
    (whole) => tf.clipByValue(whole, low, high),
    (inside) => inside.add(zeroOrNan),
  );
  zeroOrNan.dispose();
  return clipped;
}
