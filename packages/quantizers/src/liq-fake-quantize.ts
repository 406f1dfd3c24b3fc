import { fusedKernel, normOrigin, type FusedKernels, type NormOrigin } from '@flatbit/kernels';
import type * as tf from '@tensorflow/tfjs';
import { customGradient } from './custom-gradient.js';
import { snapToGrid, type Grid } from './grid.js';
import {
  isFusable,
  gridAttributes,
  learnedRange,
  rangeGradients,
  snapToRange,
  type RangeBounds,
} from './learned-range.js';
import { normalizeWeight } from './normalize-weight.js';

/** LIQ on the value as it is: one node of the tape, which keeps the value and the result. */
export function liqFakeQuantize(value: tf.Tensor, clipValue: tf.Tensor, grid: Grid): tf.Tensor {
  const isFused = isFusable(value, clipValue);
  const origin = isFused ? normOrigin(value) : undefined;
  const toOrigin = origin && fusedKernel('NormFakeQuantizeGrad');
  if (toOrigin) return behindNorm(value, clipValue, grid, { origin, toOrigin });
  const fused = isFused ? fusedKernel('FakeQuantizeGrad') : undefined;
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

/** The gradient goes straight through the batch norm that the value is the output of. */
function behindNorm(
  value: tf.Tensor,
  clipValue: tf.Tensor,
  grid: Grid,
  {
    origin,
    toOrigin,
  }: { readonly origin: NormOrigin; readonly toOrigin: FusedKernels['NormFakeQuantizeGrad'] },
): tf.Tensor {
  const { inputs, attributes } = origin;
  const { epsilon, low, high } = attributes;
  return customGradient(
    [inputs.x, inputs.scale, inputs.offset, clipValue],
    () => ({ value: snapToRange(value, clipValue, grid), saved: { ...inputs, learned: clipValue } }),
    (upstream, saved) =>
      toOrigin(
        { upstream, ...(saved as NormOrigin['inputs'] & { learned: tf.Tensor }) },
        { ...gridAttributes(grid), epsilon, activationLow: low, activationHigh: high },
      ),
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
  const fused = isFusable(weight, clipValue) ? fusedKernel('StandardizedFakeQuantize') : undefined;
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
