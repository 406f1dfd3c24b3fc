import * as tf from '@tensorflow/tfjs';
import { checkBits } from './check-target.js';
import { customGradient } from './custom-gradient.js';
import { checkGranularity, parameterShape, type Granularity } from './granularity.js';
import type { Grid } from './grid.js';
import { justInside } from './in-range.js';
import { rangeGradients, snapToRange } from './learned-range.js';
import type { Quantizer, QuantizerTarget } from './quantizer.js';
import { scaleFloor } from './scale-floor.js';
import { sumToShape } from './sum-to-shape.js';

const name = 'lsq';

/** Settings of `lsqQuantizer`. */
export interface LsqOptions {
  /** One step for a weight, or one per output channel; default `'perTensor'`. */
  readonly granularity?: Granularity;
}

/**
 * Learned step size quantization (LSQ).
 *
 * `round(clip(v / s, -Qn, Qp)) * s`, half to even, with the learned step `s = |scale|`, at least 1e-8: `Qn = 2^(bits - 1)`,
 * `Qp = Qn - 1` for weights and signed activations, `Qn = 0`, `Qp = 2^bits - 1` for unsigned ones. It starts at
 * `2 * mean|v| / sqrt(Qp)`.
 *
 * The gradient to the value is 1 strictly inside the range; to the step it is `round(u) - u` inside, `u = v / s`, and `-Qn`
 * or `Qp` outside, times `1 / sqrt(N * Qp)` and the sign of `scale`. N is the number of values that share the step: of a
 * weight all, or those of one channel; of an activation those of one example. What is not finite becomes NaN.
 *
 * Source: Esser et al., "Learned Step Size Quantization", arXiv 1902.08153.
 *
 * @throws RangeError for an unknown granularity; by the quantizer, for a weight or a signed activation at 1 bit: it has no level above zero.
 */
export function lsqQuantizer({ granularity = 'perTensor' }: LsqOptions = {}): Quantizer {
  checkGranularity(name, granularity);
  return {
    name,

    parameters: (target) => {
      lsqGrid(target);
      return [{ name: 'scale', kind: 'clip', shape: parameterShape(target, granularity), initial: 1 }];
    },

    initialize: (value, target) =>
      tf.tidy(() => {
        const shape = parameterShape(target, granularity);
        const mean = sumToShape(value.abs(), shape).div(value.size / sizeOf(shape));
        return { scale: tf.maximum(mean.mul(2 / Math.sqrt(lsqGrid(target).high)), scaleFloor) };
      }),

    fakeQuantize: (value, { scale }, target) => {
      const grid = lsqGrid(target);
      const { low, high } = grid;
      const sharing = target.role === 'weight' ? value.size / scale!.size : value.size / value.shape[0]!;
      return customGradient(
        [value, scale!],
        () => {
          const quantized = snapToRange(value, scale!, grid);
          return { value: quantized, saved: { value, quantized, raw: scale! } };
        },
        (upstream, pass) => {
          const strictlyInside = { low: low === 0 ? smallestFloat : justInside(low), high: justInside(high) };
          const [toValue, toScale] = rangeGradients(upstream, pass, strictlyInside);
          return [toValue, toScale.div(Math.sqrt(sharing * high))];
        },
      );
    },
  };
}

/** The smallest normal float32. */
const smallestFloat = 2 ** -126;

function lsqGrid(target: QuantizerTarget): Grid {
  const signed = target.role === 'weight' || target.signed;
  checkBits(name, target, signed ? 2 : 1);
  const range = signed
    ? { low: -(2 ** (target.bits - 1)), high: 2 ** (target.bits - 1) - 1 }
    : { low: 0, high: 2 ** target.bits - 1 };
  return { shift: 0, ...range, steps: 1 };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
