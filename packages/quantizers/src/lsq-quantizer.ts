import * as tf from '@tensorflow/tfjs';
import { checkGranularity, parameterShape, type Granularity } from './granularity.js';
import type { Grid } from './grid.js';
import { lsqFakeQuantize, lsqGrid, sharingOf } from './lsq-step.js';
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
      gridOf(target);
      return [{ name: 'scale', kind: 'clip', shape: parameterShape(target, granularity), initial: 1 }];
    },

    initialize: (value, target) =>
      tf.tidy(() => {
        const shape = parameterShape(target, granularity);
        const mean = sumToShape(value.abs(), shape).div(value.size / sizeOf(shape));
        return { scale: tf.maximum(mean.mul(2 / Math.sqrt(gridOf(target).high)), scaleFloor) };
      }),

    fakeQuantize: (value, { scale }, target) =>
      lsqFakeQuantize(value, scale!, gridOf(target), sharingOf(value, scale!, target)),
  };
}

function gridOf(target: QuantizerTarget): Grid {
  return lsqGrid(name, target, target.role === 'weight' || target.signed);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
