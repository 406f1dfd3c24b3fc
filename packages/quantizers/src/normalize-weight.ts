import * as tf from '@tensorflow/tfjs';
import { scaleFloor } from './scale-floor.js';
import { sumToShape } from './sum-to-shape.js';

/** A weight with its statistics taken out; `mean` and `deviation` are scalars. */
export interface NormalizedWeight {
  readonly normalized: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly deviation: tf.Tensor;
}

/**
 * Zero mean and unit variance over the whole tensor: `(weight - mean) / deviation`, three new tensors.
 *
 * The deviation is the unbiased one (N - 1), floored at 1e-8, so that a constant filter bank becomes zeros. The mean is
 * refined once: of what is left after the first, so that a constant's rounding error does not pass for a deviation.
 *
 * Source: Liu, Cai, Zhuang, arXiv 2111.12273.
 */
export function normalizeWeight(weight: tf.Tensor): NormalizedWeight {
  return tf.tidy(() => {
    const meanOf = (tensor: tf.Tensor): tf.Tensor => sumToShape(tensor, []).div(Math.max(weight.size, 1));
    const roughMean = meanOf(weight);
    const roughlyCentered = weight.sub(roughMean);
    const correction = meanOf(roughlyCentered);
    const centered = roughlyCentered.sub(correction);
    const variance = sumToShape(centered.square(), []).div(Math.max(weight.size - 1, 1));
    const deviation = tf.maximum(variance.sqrt(), scaleFloor);
    return { normalized: centered.div(deviation), mean: roughMean.add(correction), deviation };
  });
}
