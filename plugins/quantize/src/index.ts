export { quantizePlugin, type QuantizeOptions, type QuantizerChoice } from './quantize-plugin.js';
export type { SignedOption } from './quantized-operand.js';
