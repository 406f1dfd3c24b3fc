import type * as tf from '@tensorflow/tfjs';
import { clipFinite } from './clip-finite.js';
import { through } from './through.js';

/**
 * A uniform grid of levels, in units of a scale that is a tensor:
 * `level = (index / steps - shift) * unit`, `index = round(clip(value / unit + shift, low, high) * steps)`, half to even.
 */
export interface Grid {
  /** Added before clipping; one half of the range gives a grid of evenly many levels around zero, without zero. */
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  /** Steps per unit. */
  readonly steps: number;
}

/** Index of the level nearest to each value; NaN where the value is not finite. */
export function gridIndex(value: tf.Tensor, unit: tf.Tensor, { shift, low, high, steps }: Grid): tf.Tensor {
  return through(
    value,
    (whole) => whole.div(unit),
    ...(shift === 0 ? [] : [(ratio: tf.Tensor) => ratio.add(shift)]),
    (ratio) => clipFinite(ratio, low, high),
    ...(steps === 1 ? [] : [(clipped: tf.Tensor) => clipped.mul(steps)]),
    (position) => position.round(),
  );
}

/** The level nearest to each value. */
export function snapToGrid(value: tf.Tensor, unit: tf.Tensor, grid: Grid): tf.Tensor {
  const { shift, steps } = grid;
  return through(
    value,
    (whole) => gridIndex(whole, unit, grid),
    ...(shift === 0 ? [] : [(index: tf.Tensor) => index.sub(shift * steps)]),
    (offset) => offset.mul(unit.div(steps)),
  );
}
