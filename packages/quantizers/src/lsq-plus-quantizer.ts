import * as tf from '@tensorflow/tfjs';
import { customGradient } from './custom-gradient.js';
import { checkGranularity, parameterShape, type Granularity } from './granularity.js';
import { snapToGrid, type Grid } from './grid.js';
import { rangeGradients, snapToRange } from './learned-range.js';
import { leastErrorClip } from './least-error-clip.js';
import { lsqFakeQuantize, lsqGrid, sharingOf, strictlyInside } from './lsq-step.js';
import type { Quantizer, QuantizerTarget } from './quantizer.js';
import { scaleFloor } from './scale-floor.js';
import { sharedAxes } from './sum-to-shape.js';

const name = 'lsqPlus';

/** Settings of `lsqPlusQuantizer`. */
export interface LsqPlusOptions {
  /** One step for a weight, or one per output channel; default `'perTensor'`. */
  readonly granularity?: Granularity;
}

/**
 * LSQ+: learned step size, and for activations a learned offset too, so that a range of any place is covered.
 *
 * An activation becomes `round(clip((x - b) / s, 0, Qp)) * s + b`, half to even, `Qp = 2^bits - 1`, with the learned step
 * `s = |scale|`, at least 1e-8, and the learned offset `b`, whatever its sign; zero, and so what a convolution pads with, is in
 * general no level. A weight is quantized as by LSQ, without an offset.
 *
 * With `u = (x - b) / s`, the gradient to the value is 1 strictly inside 0 and Qp and 0 outside; to the offset it is the
 * other way round; to the step it is `round(u) - u` inside, 0 or `Qp` outside, times the sign of `scale`. Those to step and
 * offset are multiplied by `1 / sqrt(N * Qp)`, as in LSQ. What is not finite becomes NaN.
 *
 * A weight's step starts at `max(|mean - 3 * deviation|, |mean + 3 * deviation|) / 2^(bits - 1)`. The offset starts at the
 * least value, and the step of an activation where the squared error is least beside it; the paper looks for both at once.
 *
 * Source: Bhalgat et al., "LSQ+: Improving low-bit quantization through learnable offsets and better initialization",
 * arXiv 2004.09576, configuration 4.
 *
 * @throws RangeError for an unknown granularity; by the quantizer, for a weight at 1 bit: it has no level above zero.
 */
export function lsqPlusQuantizer({ granularity = 'perTensor' }: LsqPlusOptions = {}): Quantizer {
  checkGranularity(name, granularity);
  return {
    name,

    parameters: (target) => {
      gridOf(target);
      const shape = parameterShape(target, granularity);
      return [
        { name: 'scale', kind: 'clip', shape, initial: 1 },
        ...(target.role === 'activation'
          ? ([{ name: 'offset', kind: 'clip', shape, initial: 0 }] as const)
          : []),
      ];
    },

    initialize: (value, target) =>
      target.role === 'weight'
        ? { scale: startStep(value, parameterShape(target, granularity), gridOf(target)) }
        : { ...startRange(value, gridOf(target)) },

    fakeQuantize: (value, { scale, offset }, target) => {
      const grid = gridOf(target);
      const sharing = sharingOf(value, scale!, target);
      return target.role === 'weight'
        ? lsqFakeQuantize(value, scale!, grid, sharing)
        : offsetFakeQuantize(value, { scale: scale!, offset: offset! }, grid, sharing);
    },
  };
}

function gridOf(target: QuantizerTarget): Grid {
  return lsqGrid(name, target, target.role === 'weight');
}

/** What is learned of an activation: two scalars. */
interface OffsetRange {
  readonly scale: tf.Tensor;
  readonly offset: tf.Tensor;
}

/** One node of the tape, which keeps the value and the result. */
function offsetFakeQuantize(
  value: tf.Tensor,
  { scale, offset }: OffsetRange,
  grid: Grid,
  sharing: number,
): tf.Tensor {
  return customGradient(
    [value, scale, offset],
    () => {
      const quantized = snapToRange(value.sub(offset), scale, grid).add(offset);
      return { value: quantized, saved: { value, quantized, raw: scale, offset } };
    },
    (upstream, pass) => {
      const shifted = {
        ...pass,
        value: pass.value.sub(pass.offset),
        quantized: pass.quantized.sub(pass.offset),
      };
      const [toValue, toScale] = rangeGradients(upstream, shifted, strictlyInside(grid));
      const factor = 1 / Math.sqrt(sharing * grid.high);
      return [toValue, toScale.mul(factor), upstream.sub(toValue).sum().mul(factor)];
    },
  );
}

function startStep(weight: tf.Tensor, shape: readonly number[], { low }: Grid): tf.Tensor {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(weight, sharedAxes(weight, shape), true);
    const width = mean.abs().add(variance.sqrt().mul(3)); // the larger of |mean ± 3 * deviation|
    return tf.maximum(width.div(-low), scaleFloor).reshape([...shape]);
  });
}

function startRange(value: tf.Tensor, grid: Grid): OffsetRange {
  return tf.tidy(() => {
    const offset = value.min();
    const shifted = value.sub(offset);
    const quantize = (range: tf.Tensor) => snapToGrid(shifted, range.div(grid.high), grid);
    const scale = tf.maximum(leastErrorClip(shifted, [], quantize).div(grid.high), scaleFloor);
    return { scale, offset };
  });
}
