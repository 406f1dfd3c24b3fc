import { fusedKernel } from '@flatbit/kernels';
import type * as tf from '@tensorflow/tfjs';
import { customGradient } from './custom-gradient.js';
import { snapToGrid, type Grid } from './grid.js';
import {
  gridAttributes,
  learnedRange,
  rangeGradients,
  snapToRange,
  type RangeBounds,
} from './learned-range.js';
import { normalizeWeight } from './normalize-weight.js';

/** LIQ on the value as it is: one node of the tape, which keeps the value and the result. */
export function liqFakeQuantize(value: tf.Tensor, clipValue: tf.Tensor, grid: Grid): tf.Tensor {
  const fused = clipValue.rank === 0 ? fusedKernel('FakeQuantizeGrad') : undefined;
  if (fused) {
    // One pass computes the result again: it need not be kept.
    return customGradient(
      [value, clipValue],
      () => ({ value: snapToRange(value, clipValue, grid), saved: { value, learned: clipValue } }),
      (upstream, saved) => fused({ upstream, ...saved }, gridAttributes(grid)),
    );
  }
  return customGradient(
    [value, clipValue],
    () => {
      const quantized = snapToRange(value, clipValue, grid);
      return { value: quantized, saved: { value, quantized, raw: clipValue } };
    },
    (upstream, pass) => rangeGradients(upstream, pass, boundsOf(grid)),
  );
}

/**
 * LIQ on the normalised weight, `(weight - mean) / deviation`, and back if `rescale`: `quantized * deviation + mean`. The
 * statistics are constants to the gradient.
 */
export function liqFakeQuantizeNormalized(
  weight: tf.Tensor,
  clipValue: tf.Tensor,
  grid: Grid,
  rescale: boolean,
): tf.Tensor {
  const fused = clipValue.rank === 0 ? fusedKernel('StandardizedFakeQuantize') : undefined;
  const fusedGradient = fusedKernel('StandardizedFakeQuantizeGrad');
  if (fused && fusedGradient) {
    const attributes = { ...gridAttributes(grid), rescale };
    return customGradient(
      [weight, clipValue],
      () => {
        const [value, statistics] = fused({ weight, learned: clipValue }, attributes);
        return { value, saved: { weight, learned: clipValue, statistics } };
      },
      (upstream, saved) =>
        fusedGradient({ upstream, ...saved, statistics: saved.statistics as tf.Tensor1D }, attributes),
    );
  }
  return customGradient(
    [weight, clipValue],
    () => {
      const { normalized, mean, deviation } = normalizeWeight(weight);
      const quantized = snapToGrid(normalized, learnedRange(clipValue), grid);
      return {
        value: rescale ? quantized.mul(deviation).add(mean) : quantized,
        saved: { value: normalized, quantized, raw: clipValue, deviation },
      };
    },
    (upstream, { deviation, ...pass }) => {
      const toQuantized = rescale ? upstream.mul(deviation) : upstream;
      const [toNormalized, toClip] = rangeGradients(toQuantized, pass, boundsOf(grid));
      return [toNormalized.div(deviation), toClip];
    },
  );
}

const boundsOf = ({ shift, low, high }: Grid): RangeBounds => ({ low: low - shift, high: high - shift });
