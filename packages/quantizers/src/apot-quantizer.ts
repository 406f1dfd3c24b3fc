import * as tf from '@tensorflow/tfjs';
import { apotLevels } from './apot-levels.js';
import { checkBits } from './check-target.js';
import { checkClipStart, startClip, type ClipStart } from './clip-start.js';
import { customGradient } from './custom-gradient.js';
import { checkGranularity, parameterShape, type Granularity } from './granularity.js';
import { learnedRange, rangeGradients } from './learned-range.js';
import type { Quantizer, QuantizerTarget } from './quantizer.js';
import { through } from './through.js';

const name = 'apot';

/** Settings of `apotQuantizer`. */
export interface ApotOptions {
  /** Where a clip value starts; default `'mse'`. */
  readonly start?: ClipStart;
  /** One clip value for a weight, or one per output channel; default `'perTensor'`. */
  readonly granularity?: Granularity;
}

/**
 * Additive powers of two (APoT) with learned clipping: each level is a sum of few powers of two, dense around zero and sparse
 * at the ends, and hardware multiplies by it with shifts.
 *
 * `y = alpha * sign(x) * A(clip(|x| / alpha, 0, 1))`, `alpha = |clipValue|`, at least 1e-8; A takes the nearest level, half-way
 * the larger one. An unsigned activation has all bits for the magnitude, 2^bits levels; a weight or a signed activation all but
 * one, 2^bits - 1 levels around zero. At 2 bits these are -1, 0 and 1.
 *
 * The gradient to the value is 1 in range, bounds included; to the clip value it is `q - u * 1{in range}` with
 * `u = x / alpha` and `q = y / alpha`, times the sign of the clip value. What is not finite becomes NaN. Weights are quantized as
 * they are: the paper normalises them first.
 *
 * Source: Li, Dong, Wang, "Additive Powers-of-Two Quantization: An Efficient Non-uniform Discretization for Neural Networks",
 * arXiv 1909.13144.
 *
 * @throws RangeError if an option is out of range; by the quantizer, if the bits are not 2 to 8, or 1 to 8 without a sign.
 */
export function apotQuantizer({ start = 'mse', granularity = 'perTensor' }: ApotOptions = {}): Quantizer {
  checkGranularity(name, granularity);
  checkClipStart(name, start);
  return {
    name,

    parameters: (target) => {
      magnitudeBits(target);
      const initial = typeof start === 'number' ? start : 1;
      return [{ name: 'clipValue', kind: 'clip', shape: parameterShape(target, granularity), initial }];
    },

    initialize: (value, target) => {
      const levels = apotLevels(magnitudeBits(target));
      const signed = hasSign(target);
      const shape = parameterShape(target, granularity);
      const quantize = (clip: tf.Tensor) => snapToLevels(value, learnedRange(clip), levels, signed);
      return { clipValue: startClip(start, { value, shape, signed, quantize }) };
    },

    fakeQuantize: (value, { clipValue }, target) => {
      const levels = apotLevels(magnitudeBits(target));
      const signed = hasSign(target);
      return customGradient(
        [value, clipValue!],
        () => {
          const quantized = snapToLevels(value, learnedRange(clipValue!), levels, signed);
          return { value: quantized, saved: { value, quantized, raw: clipValue! } };
        },
        (upstream, pass) => rangeGradients(upstream, pass, { low: signed ? -1 : 0, high: 1 }),
      );
    },
  };
}

const hasSign = ({ role, signed }: QuantizerTarget): boolean => role === 'weight' || signed;

function magnitudeBits(target: QuantizerTarget): number {
  const signBits = hasSign(target) ? 1 : 0;
  checkBits(name, target, 1 + signBits, 8);
  return target.bits - signBits;
}

/**
 * The level nearest to each value, in one comparison per level: a table would have to be gathered from, which is many times slower
 * on the wasm engine. NaN where the value is not finite.
 */
function snapToLevels(
  value: tf.Tensor,
  range: tf.Tensor,
  levels: readonly number[],
  signed: boolean,
): tf.Tensor {
  return tf.tidy(() => {
    const size = signed ? value.abs().div(range) : value.div(range);
    const rises = levels.slice(1).map((level, index) => ({
      from: (levels[index]! + level) / 2,
      by: level - levels[index]!,
    }));
    const start = value.mul(0); // NaN where the value is not finite, which no comparison shows
    const magnitude = through(
      start,
      ...rises.map(
        ({ from, by }) =>
          (sum: tf.Tensor) =>
            tf.tidy(() => sum.add(size.greaterEqual(from).cast('float32').mul(by))),
      ),
    );
    const scaled = magnitude.mul(range);
    return signed ? scaled.mul(value.sign()) : scaled;
  });
}
