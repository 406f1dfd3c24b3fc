import type { Quantizer } from './quantizer.js';

/** Leaves every operand as it is, whatever the bits: the gradient is 1 and nothing is learned. */
export function floatQuantizer(): Quantizer {
  return {
    name: 'float',
    parameters: () => [],
    initialize: () => ({}),
    fakeQuantize: (value) => value.clone(),
  };
}
