/**
 * Tap stages of the `operand` waterfall, in the order in which they see a value. `latent` sees the weight as it is stored;
 * after `quantize` it is what the layer multiplies with; `perturb` adds to that; `observe` changes nothing.
 */
export const OperandStage = { latent: -100, quantize: 0, perturb: 100, observe: 200 } as const;
