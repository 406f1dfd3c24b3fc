import { isConvolution, liqQuantizer } from './liq-quantizer.js';
import type { Quantizer, QuantizerTarget } from './quantizer.js';

/**
 * LIQ as the paper's code runs it: for reproducing its numbers.
 *
 * The weights of convolutions are normalised and not rescaled; the clip values of convolutions start at 1, those of other
 * layers at 0.8 times the largest magnitude; the negative half of a signed activation becomes zero.
 *
 * Source: Liu, Cai, Zhuang, arXiv 2111.12273.
 */
export function paperLiqQuantizer(): Quantizer {
  const convolution = liqQuantizer({ normalize: 'standard', start: 1 });
  const other = liqQuantizer({ normalize: 'standard', start: { maxAbs: 0.8 } });
  const quantizerOf = (target: QuantizerTarget): Quantizer => (isConvolution(target) ? convolution : other);
  const unsigned = (target: QuantizerTarget): QuantizerTarget => ({
    ...target,
    signed: target.role === 'weight',
  });
  return {
    name: 'paperLiq',
    parameters: (target) => quantizerOf(target).parameters(unsigned(target)),
    initialize: (value, target) => quantizerOf(target).initialize(value, unsigned(target)),
    fakeQuantize: (value, parameters, target) =>
      quantizerOf(target).fakeQuantize(value, parameters, unsigned(target)),
  };
}
