import type * as tf from '@tensorflow/tfjs';
import { checkBits, checkNotNegative } from './check-target.js';
import { checkClipStart, startClip, type ClipStart } from './clip-start.js';
import { customGradient } from './custom-gradient.js';
import type { Grid } from './grid.js';
import { inRange, justInside } from './in-range.js';
import { learnedRange, snapToRange } from './learned-range.js';
import type { Quantizer, QuantizerTarget } from './quantizer.js';
import { sumToShape } from './sum-to-shape.js';
import { through } from './through.js';

const name = 'pact';

/** Settings of `pactQuantizer`. */
export interface PactOptions {
  /** Where the clip value starts; default `{ maxAbs: 1 }`: the paper starts wide, and lets weight decay draw it in. */
  readonly start?: ClipStart;
}

/**
 * Parameterized clipping activation (PACT), for activations without negative values.
 *
 * `y = alpha * round(clip(x / alpha, 0, 1) * n) / n`, `n = 2^bits - 1`, half to even, `alpha = |clipValue|`, at least 1e-8.
 * The gradient to the value is 1 where `0 <= x < alpha`; to the clip value 1 where `x >= alpha` and 0 elsewhere, times the
 * sign of the clip value. What is not finite becomes NaN.
 *
 * Source: Choi et al., "PACT: Parameterized Clipping Activation for Quantized Neural Networks", arXiv 1805.06085.
 *
 * @throws RangeError if `start` is out of range; by the quantizer, for a weight and for a signed activation.
 */
export function pactQuantizer({ start = { maxAbs: 1 } }: PactOptions = {}): Quantizer {
  checkClipStart(name, start);
  return {
    name,

    parameters: (target) => {
      pactGrid(target);
      return [
        { name: 'clipValue', kind: 'clip', shape: [], initial: typeof start === 'number' ? start : 10 },
      ];
    },

    initialize: (value, target) => {
      const grid = pactGrid(target);
      const quantize = (clip: tf.Tensor): tf.Tensor => snapToRange(value, clip, grid);
      return { clipValue: startClip(start, { value, shape: [], signed: false, quantize }) };
    },

    fakeQuantize: (value, { clipValue }, target) => {
      const grid = pactGrid(target);
      return customGradient(
        [value, clipValue!],
        () => ({
          value: snapToRange(value, clipValue!, grid),
          saved: { input: value, raw: clipValue! },
        }),
        pactGradients,
      );
    },
  };
}

function pactGrid(target: QuantizerTarget): Grid {
  if (target.role === 'weight')
    throw new RangeError(
      `quantizer "${name}" takes activations, not the weight of a ${target.layerKind} layer; give weights one of their own: quantizer: { weight: …, activation: … }`,
    );
  checkNotNegative(name, target);
  checkBits(name, target);
  return { shift: 0, low: 0, high: 1, steps: 2 ** target.bits - 1 };
}

function pactGradients(
  upstream: tf.Tensor,
  { input, raw }: { readonly input: tf.Tensor; readonly raw: tf.Tensor },
): [tf.Tensor, tf.Tensor] {
  const ratio = input.div(learnedRange(raw));
  const toValue = through(
    ratio,
    () => inRange(ratio, 0, justInside(1)),
    (inside) => inside.mul(upstream),
  );
  const toClip = through(
    ratio,
    () => inRange(ratio, 1, largestFloat),
    (saturated) => saturated.mul(upstream),
    (product) => sumToShape(product, raw.shape),
  );
  return [toValue, toClip.mul(raw.sign())];
}

const largestFloat = (2 - 2 ** -23) * 2 ** 127;
