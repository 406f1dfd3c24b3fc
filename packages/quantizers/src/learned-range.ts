import { fusedKernel, type GridAttributes } from '@flatbit/kernels';
import * as tf from '@tensorflow/tfjs';
import { snapToGrid, type Grid } from './grid.js';
import { inRange } from './in-range.js';
import { scaleFloor } from './scale-floor.js';
import { sumToShape } from './sum-to-shape.js';
import { through } from './through.js';

/** The range, or step, that a learned value stands for: its magnitude, floored at 1e-8. */
export function learnedRange(raw: tf.Tensor): tf.Tensor {
  return tf.maximum(raw.abs(), scaleFloor);
}

/** What a fused kernel is told of a grid. */
export const gridAttributes = ({ shift, low, high, steps }: Grid): GridAttributes => ({
  shift,
  low,
  high,
  steps,
  floor: scaleFloor,
});

/** Whether a fused kernel would take them: a float32 value, and one learned value for all of it. */
export const isFusable = (value: tf.Tensor, raw: tf.Tensor): boolean =>
  value.dtype === 'float32' && raw.rank === 0;

/** The level nearest to each value, of a grid in units of `learnedRange(raw)`: in one pass where the engine can. */
export function snapToRange(value: tf.Tensor, raw: tf.Tensor, grid: Grid): tf.Tensor {
  const fused = isFusable(value, raw) ? fusedKernel('FakeQuantize') : undefined;
  return (
    fused?.({ value, learned: raw }, gridAttributes(grid))[0] ?? snapToGrid(value, learnedRange(raw), grid)
  );
}

/** One pass through a quantizer with a learned range. */
export interface RangePass {
  readonly value: tf.Tensor;
  readonly quantized: tf.Tensor;
  /** The learned value as it stands in its variable. */
  readonly raw: tf.Tensor;
}

/** Between which multiples of the range, included, a value does not saturate. */
export interface RangeBounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Gradients of `range * q(value / range)` with the rounding in `q` passed straight through: to the value and to the raw
 * learned value, each in its shape.
 *
 * With `u = value / range`: `upstream * 1{low <= u <= high}` and `sum(upstream * (q - u * 1{low <= u <= high})) * sign(raw)`.
 */
export function rangeGradients(
  upstream: tf.Tensor,
  { value, quantized, raw }: RangePass,
  { low, high }: RangeBounds,
): [tf.Tensor, tf.Tensor] {
  const range = learnedRange(raw);
  const inside = through(
    value,
    (whole) => whole.div(range),
    (ratio) => inRange(ratio, low, high),
  );
  const product = through(
    value,
    (whole) => whole.mul(inside),
    (passed) => quantized.sub(passed),
    (residual) => residual.mul(upstream),
  );
  const toRange = sumToShape(product, raw.shape).div(range);
  product.dispose();
  return [upstream.mul(inside), toRange.mul(raw.sign())];
}
