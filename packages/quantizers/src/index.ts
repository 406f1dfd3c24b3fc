export type { ParameterSpec, Quantizer, QuantizerParameters, QuantizerTarget } from './quantizer.js';
