import * as tf from '@tensorflow/tfjs';
import { checkWord } from './check-word.js';
import { checkClipStart, startClip, type ClipStart } from './clip-start.js';
import { checkGranularity, parameterShape, type Granularity } from './granularity.js';
import { snapToRange } from './learned-range.js';
import { liqFakeQuantize, liqFakeQuantizeNormalized } from './liq-fake-quantize.js';
import { liqGrid } from './liq-grid.js';
import { normalizeWeight } from './normalize-weight.js';
import type { Quantizer, QuantizerTarget } from './quantizer.js';

/**
 * What is done to the weights of a convolution before they are quantized.
 *
 * - `'rescaled'`: normalised, quantized, and brought back to their mean and deviation;
 * - `'standard'`: normalised and quantized, the paper's: harmless in front of a batch norm, ruinous elsewhere;
 * - `'none'`: quantized as they are.
 */
export type WeightNormalization = 'rescaled' | 'standard' | 'none';

/** Settings of `liqQuantizer`. */
export interface LiqOptions {
  /** For the weights of convolutions; default `'rescaled'`. */
  readonly normalize?: WeightNormalization;
  /** Where a clip value starts, for a normalised weight in units of its deviation; default `'mse'`. */
  readonly start?: ClipStart;
  /** One clip value for a weight, or one per output channel; default `'perTensor'`. */
  readonly granularity?: Granularity;
}

/**
 * Learned clipping with uniform levels (LIQ).
 *
 * With `R(z) = round(z * n) / n`, `n = 2^bits - 1`, half to even, and `alpha = |clipValue|`, at least 1e-8:
 *
 * - an unsigned activation becomes `alpha * R(clip(x / alpha, 0, 1))`;
 * - a signed activation `alpha * round(clip(x / alpha, -1, 1) * m) / m`, `m = 2^(bits - 1) - 1`;
 * - a weight `alpha * (2 * R((clip(w / alpha, -1, 1) + 1) / 2) - 1)`: 2^bits levels, none of them zero.
 *
 * The gradient to the value is 1 in range, bounds included; to the clip value it is `q - u * 1{in range}` with
 * `u = value / alpha` and `q = quantized / alpha`, times the sign of the clip value. The mean and deviation of a normalised
 * weight, taken over the whole tensor, are constants to the gradient. What is not finite becomes NaN.
 *
 * Source: Liu, Cai, Zhuang, "Sharpness-aware Quantization for Deep Neural Networks", arXiv 2111.12273.
 *
 * @throws RangeError if an option is out of range; by the quantizer, for a signed activation at 1 bit.
 */
export function liqQuantizer({
  normalize = 'rescaled',
  start = 'mse',
  granularity = 'perTensor',
}: LiqOptions = {}): Quantizer {
  const name = 'liq';
  checkWord(name, 'normalize', normalize, ['rescaled', 'standard', 'none']);
  checkGranularity(name, granularity);
  checkClipStart(name, start);
  const normalizes = (target: QuantizerTarget): boolean =>
    normalize !== 'none' && target.role === 'weight' && isConvolution(target);
  return {
    name,

    parameters: (target) => {
      liqGrid(name, target);
      const initial = typeof start === 'number' ? start : 1;
      return [{ name: 'clipValue', kind: 'clip', shape: parameterShape(target, granularity), initial }];
    },

    initialize: (input, target) =>
      tf.tidy(() => {
        const grid = liqGrid(name, target);
        const value = normalizes(target) ? normalizeWeight(input).normalized : input;
        const clipValue = startClip(start, {
          value,
          shape: parameterShape(target, granularity),
          signed: target.role === 'weight' || target.signed,
          quantize: (clip) => snapToRange(value, clip, grid),
        });
        return { clipValue };
      }),

    fakeQuantize: (value, { clipValue }, target) => {
      const grid = liqGrid(name, target);
      return normalizes(target)
        ? liqFakeQuantizeNormalized(value, clipValue!, grid, normalize === 'rescaled')
        : liqFakeQuantize(value, clipValue!, grid);
    },
  };
}

/** Whether a layer is a convolution, which its kind says: 'conv2d', 'depthwiseConv2d', … */
export function isConvolution({ layerKind }: QuantizerTarget): boolean {
  return /[cC]onv/.test(layerKind);
}
