import * as tf from '@tensorflow/tfjs';
import type { QuantizerTarget } from './quantizer.js';
import { scaleFloor } from './scale-floor.js';
import { sharedAxes } from './sum-to-shape.js';

/**
 * Where uniform levels lie.
 *
 * - `'affine'`: 2^bits levels from the least to the largest value, both moved outwards to take in zero;
 * - `'symmetric'`: 2^bits - 1 levels around zero (narrow range); for an unsigned activation 2^bits from zero up.
 */
export type UniformScheme = 'affine' | 'symmetric';

/** Least and largest value of an operand, or of each of its channels. */
export interface ValueRange {
  readonly min: tf.Tensor;
  readonly max: tf.Tensor;
}

/** What decides on a grid besides the range. */
export interface UniformGridOptions {
  readonly target: QuantizerTarget;
  readonly scheme: UniformScheme;
  readonly powerOfTwoScale: boolean;
}

/** Levels `(code - zeroPoint) * scale`, for whole codes; zero is one of them. */
export interface UniformGrid {
  readonly scale: tf.Tensor;
  readonly zeroPoint: tf.Tensor;
}

/** Least and largest value, per element of `shape`, which is `[]` or has 1 on the axes to reduce; two new tensors. */
export function valueRange(value: tf.Tensor, shape: readonly number[]): ValueRange {
  const axes = sharedAxes(value, shape);
  return tf.tidy(() => ({
    min: value.min(axes, true).reshape([...shape]),
    max: value.max(axes, true).reshape([...shape]),
  }));
}

/** The least and the largest code: around zero for a symmetric signed range, from 0 up otherwise. */
export function codeRange({ target, scheme }: UniformGridOptions): { quantMin: number; quantMax: number } {
  if (scheme === 'affine' || !holdsNegative(target)) return { quantMin: 0, quantMax: 2 ** target.bits - 1 };
  const quantMax = 2 ** (target.bits - 1) - 1;
  return { quantMin: -quantMax, quantMax };
}

/**
 * The grid that covers a range; two new tensors.
 *
 * Codes from 0 up: `scale = (max - min) / quantMax`, `zeroPoint = round(-min / scale)`. Codes around zero:
 * `scale = max(|min|, |max|) / quantMax`, `zeroPoint = 0`. The width of the range is floored at 1e-8.
 */
export function uniformGrid({ min, max }: ValueRange, options: UniformGridOptions): UniformGrid {
  const { quantMin, quantMax } = codeRange(options);
  return tf.tidy(() => {
    const above = max.relu();
    const below = holdsNegative(options.target) ? min.neg().relu() : tf.zerosLike(min);
    const width = quantMin < 0 ? tf.maximum(above, below) : above.add(below);
    const exactScale = tf.maximum(width, scaleFloor).div(quantMax);
    const scale = options.powerOfTwoScale ? nextPowerOfTwo(exactScale) : exactScale;
    const zeroPoint = quantMin < 0 ? tf.zerosLike(scale) : below.div(scale).round();
    return { scale, zeroPoint };
  });
}

const holdsNegative = ({ role, signed }: QuantizerTarget): boolean => role === 'weight' || signed;

/** The least power of two that is not below `scale`; one that float32 has pushed up by 7e-5 or less still counts as itself. */
function nextPowerOfTwo(scale: tf.Tensor): tf.Tensor {
  const exponent = scale.log().div(Math.LN2).sub(1e-4).ceil();
  return tf.pow(2, exponent);
}
