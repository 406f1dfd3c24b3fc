export type { QuantizerChoice } from './choose-quantizer.js';
export { quantizePlugin, type QuantizeOptions } from './quantize-plugin.js';
export type { SignedOption } from './quantized-operand.js';
