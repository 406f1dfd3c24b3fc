import type * as tf from '@tensorflow/tfjs';
import { clipFinite } from './clip-finite.js';
import { customGradient } from './custom-gradient.js';
import { inRange } from './in-range.js';
import { through } from './through.js';
import { codeRange, uniformGrid, type UniformGridOptions, type ValueRange } from './uniform-grid.js';

/**
 * The level of the grid over `range()` nearest to each value; the gradient is 1 where the code needs no clipping. `range` is
 * called off the tape, so that it may look at the value and stay a constant.
 */
export function uniformFakeQuantize(
  value: tf.Tensor,
  range: () => ValueRange,
  options: UniformGridOptions,
): tf.Tensor {
  const { quantMin, quantMax } = codeRange(options);
  return customGradient(
    [value],
    () => {
      const { scale, zeroPoint } = uniformGrid(range(), options);
      const quantized = through(
        value,
        (whole) => codeOf(whole, scale, zeroPoint),
        (code) => clipFinite(code, quantMin, quantMax),
        (code) => code.sub(zeroPoint),
        (offset) => offset.mul(scale),
      );
      return { value: quantized, saved: { input: value, scale, zeroPoint } };
    },
    (upstream, { input, scale, zeroPoint }) => [
      through(
        input,
        (whole) => codeOf(whole, scale, zeroPoint),
        (code) => inRange(code, quantMin, quantMax),
        (inside) => inside.mul(upstream),
      ),
    ],
  );
}

/** The whole number that stands for a value, before clipping. */
function codeOf(value: tf.Tensor, scale: tf.Tensor, zeroPoint: tf.Tensor): tf.Tensor {
  return through(
    value,
    (whole) => whole.div(scale),
    (ratio) => ratio.round(),
    (rounded) => rounded.add(zeroPoint),
  );
}
