import type * as tf from '@tensorflow/tfjs';
import { checkBits } from './check-target.js';
import { customGradient } from './custom-gradient.js';
import type { Grid } from './grid.js';
import { justInside } from './in-range.js';
import { rangeGradients, snapToRange, type RangeBounds } from './learned-range.js';
import type { QuantizerTarget } from './quantizer.js';

/**
 * The levels of LSQ, in steps: `-2^(bits - 1)` to `2^(bits - 1) - 1` if `signed`, and 0 to `2^bits - 1` otherwise.
 *
 * @throws RangeError for bits out of range; a signed grid of 1 bit has no level above zero.
 */
export function lsqGrid(name: string, target: QuantizerTarget, signed: boolean): Grid {
  checkBits(name, target, signed ? 2 : 1);
  const range = signed
    ? { low: -(2 ** (target.bits - 1)), high: 2 ** (target.bits - 1) - 1 }
    : { low: 0, high: 2 ** target.bits - 1 };
  return { shift: 0, ...range, steps: 1 };
}

/** The least and the largest float32 that are strictly inside of a grid. */
export function strictlyInside({ low, high }: Grid): RangeBounds {
  return { low: low === 0 ? smallestFloat : justInside(low), high: justInside(high) };
}

/** The smallest normal float32. */
const smallestFloat = 2 ** -126;

/** How many values share a step: of a weight all, or those of one channel; of an activation those of one example. */
export function sharingOf(value: tf.Tensor, scale: tf.Tensor, { role }: QuantizerTarget): number {
  return value.size / (role === 'weight' ? scale.size : value.shape[0]!);
}

/** The multiple of the learned step nearest to each value. The gradient to the step is divided by `sqrt(sharing * high)`. */
export function lsqFakeQuantize(value: tf.Tensor, scale: tf.Tensor, grid: Grid, sharing: number): tf.Tensor {
  return customGradient(
    [value, scale],
    () => {
      const quantized = snapToRange(value, scale, grid);
      return { value: quantized, saved: { value, quantized, raw: scale } };
    },
    (upstream, pass) => {
      const [toValue, toScale] = rangeGradients(upstream, pass, strictlyInside(grid));
      return [toValue, toScale.div(Math.sqrt(sharing * grid.high))];
    },
  );
}
