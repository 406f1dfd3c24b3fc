import * as tf from '@tensorflow/tfjs';
import { checkBits } from './check-target.js';
import { checkWord } from './check-word.js';
import { checkGranularity, parameterShape, type Granularity } from './granularity.js';
import type { Quantizer, QuantizerParameters } from './quantizer.js';
import { uniformFakeQuantize } from './uniform-fake-quantize.js';
import { valueRange, type UniformScheme, type ValueRange } from './uniform-grid.js';

/** Settings of `minMaxQuantizer`. */
export interface MinMaxOptions {
  /** Levels from the least to the largest value, or around zero; default `'affine'`. */
  readonly scheme?: UniformScheme;
  /** One range for a weight, or one per output channel; default `'perTensor'`. */
  readonly granularity?: Granularity;
  /** Whether the scale is raised to a power of two, so that hardware can shift; default `false`. */
  readonly powerOfTwoScale?: boolean;
  /** How much of the moving range of an activation stays at each step, from 0 to below 1; default 0.99. */
  readonly momentum?: number;
}

/**
 * Uniform levels over the range of the values, at 2 to 8 bits: what most integer runtimes do.
 *
 * `y = (clip(round(x / scale) + zeroPoint, quantMin, quantMax) - zeroPoint) * scale`, half to even; zero stays zero. A weight
 * takes its range from its current values; an activation from a moving minimum and maximum, which `observe` moves:
 * `next = momentum * previous + (1 - momentum) * current`. The gradient to the value is 1 where the code needs no clipping
 * and 0 elsewhere; the range is a constant to it. What is not finite becomes NaN.
 *
 * Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
 * arXiv 1712.05877.
 *
 * @throws RangeError if an option is out of range; by the quantizer, if the bits are not 2 to 8.
 */
export function minMaxQuantizer({
  scheme = 'affine',
  granularity = 'perTensor',
  powerOfTwoScale = false,
  momentum = 0.99,
}: MinMaxOptions = {}): Quantizer {
  const name = 'minMax';
  checkWord(name, 'scheme', scheme, ['affine', 'symmetric']);
  checkGranularity(name, granularity);
  if (!(momentum >= 0 && momentum < 1))
    throw new RangeError(
      `quantizer "${name}" cannot take momentum ${momentum}; give a number from 0 to below 1`,
    );
  return {
    name,

    parameters: (target) => {
      checkBits(name, target, 2, 8);
      if (target.role === 'weight') return [];
      return [
        { name: 'min', kind: 'statistic', shape: [], initial: target.signed ? -1 : 0 },
        { name: 'max', kind: 'statistic', shape: [], initial: 1 },
      ];
    },

    initialize: (value, { role }) => (role === 'weight' ? {} : { ...valueRange(value, []) }),

    fakeQuantize: (value, parameters, target) => {
      checkBits(name, target, 2, 8);
      const range = (): ValueRange =>
        target.role === 'weight'
          ? valueRange(value, parameterShape(target, granularity))
          : observedRange(parameters);
      return uniformFakeQuantize(value, range, { target, scheme, powerOfTwoScale });
    },

    observe: (value, parameters, { role }) => {
      if (role === 'weight') return {};
      return tf.tidy(() => {
        const previous = observedRange(parameters);
        const current = valueRange(value, []);
        const move = (from: tf.Tensor, to: tf.Tensor): tf.Tensor =>
          from.mul(momentum).add(to.mul(1 - momentum));
        return { min: move(previous.min, current.min), max: move(previous.max, current.max) };
      });
    },
  };
}

const observedRange = ({ min, max }: QuantizerParameters): ValueRange => ({ min: min!, max: max! });
