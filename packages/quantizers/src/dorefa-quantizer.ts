import * as tf from '@tensorflow/tfjs';
import { checkBits, checkNotNegative } from './check-target.js';
import { clipSte } from './clip-ste.js';
import { customGradient } from './custom-gradient.js';
import { snapToGrid } from './grid.js';
import { largestMagnitude } from './largest-magnitude.js';
import { liqGrid } from './liq-grid.js';
import type { Quantizer, QuantizerTarget } from './quantizer.js';
import { roundSte } from './round-ste.js';
import { scaleFloor } from './scale-floor.js';

const name = 'dorefa';

/**
 * DoReFa: weights squeezed by tanh, activations clipped to [0, 1]; nothing is learned.
 *
 * With `R(z) = round(z * n) / n`, `n = 2^bits - 1`, half to even:
 *
 * - a weight becomes `2 * R(tanh(w) / (2 * max|tanh(w)|) + 1/2) - 1`, in [-1, 1], with the gradient
 *   `(1 - tanh(w)^2) / max|tanh(w)|`: the maximum is a constant to it;
 * - a weight at 1 bit `sign(w) * mean|w|`, zero counting as positive, with the gradient 1;
 * - an activation `R(clip(x, 0, 1))`, with the gradient 1 in range, bounds included.
 *
 * What is not finite becomes NaN.
 *
 * Source: Zhou et al., "DoReFa-Net", arXiv 1606.06160.
 *
 * @throws RangeError by the quantizer, for a signed activation.
 */
export function dorefaQuantizer(): Quantizer {
  return {
    name,

    parameters: (target) => {
      checkTarget(target);
      return [];
    },

    initialize: () => ({}),

    fakeQuantize: (value, _parameters, target) => {
      checkTarget(target);
      if (target.role === 'activation') return unitActivation(value, 2 ** target.bits - 1);
      return target.bits === 1 ? binaryWeight(value) : tanhWeight(value, target);
    },
  };
}

function checkTarget(target: QuantizerTarget): void {
  checkBits(name, target);
  checkNotNegative(name, target);
}

function unitActivation(value: tf.Tensor, steps: number): tf.Tensor {
  return tf.tidy(() => roundSte(clipSte(value, 0, 1).mul(steps)).div(steps));
}

function tanhWeight(weight: tf.Tensor, target: QuantizerTarget): tf.Tensor {
  return customGradient(
    [weight],
    () => {
      const squeezed = weight.tanh().add(weight.mul(0)); // tanh alone would hide infinity
      const largest = tf.maximum(largestMagnitude(squeezed, []), scaleFloor);
      const value = snapToGrid(squeezed.div(largest), tf.scalar(1), liqGrid(name, target));
      return { value, saved: { squeezed, largest } };
    },
    (upstream, { squeezed, largest }) => [upstream.mul(tf.sub(1, squeezed.square())).div(largest)],
  );
}

function binaryWeight(weight: tf.Tensor): tf.Tensor {
  return customGradient(
    [weight],
    () => {
      const sign = tf.sub(1, tf.step(weight.neg()).mul(2));
      return { value: sign.mul(weight.abs().mean()), saved: {} };
    },
    (upstream) => [upstream.clone()],
  );
}
