import { UsageError } from '@flatbit/core';
import type { QuantizerChoice } from '@flatbit/plugin-quantize';
import {
  createQuantizer,
  type Quantizer,
  type QuantizerName,
  type QuantizerOptions,
} from '@flatbit/quantizers';
import type { ExperimentSettings } from '../schema/experiment.js';

type QuantizerSetting = ExperimentSettings['quantizer'];
type OneQuantizer = Exclude<QuantizerSetting, { readonly weight: unknown }>;

/** The quantizer of an experiment, or that of weights and that of activations. @throws UsageError if one refuses its options. */
export function buildQuantizer({ quantizer }: ExperimentSettings): QuantizerChoice {
  return 'weight' in quantizer
    ? { weight: build(quantizer.weight), activation: build(quantizer.activation) }
    : build(quantizer);
}

function build(quantizer: OneQuantizer): Quantizer {
  if ('fakeQuantize' in quantizer) return quantizer;
  const { name, ...options } = quantizer;
  try {
    return createQuantizer(name as QuantizerName, options as QuantizerOptions[QuantizerName]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
