export { apotQuantizer, type ApotOptions } from './apot-quantizer.js';
export { clipSte } from './clip-ste.js';
export type { ClipStart } from './clip-start.js';
export {
  createQuantizer,
  quantizerNames,
  type QuantizerName,
  type QuantizerOptions,
} from './create-quantizer.js';
export { dorefaQuantizer } from './dorefa-quantizer.js';
export { floatQuantizer } from './float-quantizer.js';
export type { Granularity } from './granularity.js';
export { liqQuantizer, type LiqOptions, type WeightNormalization } from './liq-quantizer.js';
export { lsqPlusQuantizer, type LsqPlusOptions } from './lsq-plus-quantizer.js';
export { lsqQuantizer, type LsqOptions } from './lsq-quantizer.js';
export { minMaxQuantizer, type MinMaxOptions } from './min-max-quantizer.js';
export { normalizeWeight, type NormalizedWeight } from './normalize-weight.js';
export { pactQuantizer, type PactOptions } from './pact-quantizer.js';
export { paperLiqQuantizer } from './paper-liq-quantizer.js';
export type { ParameterSpec, Quantizer, QuantizerParameters, QuantizerTarget } from './quantizer.js';
export { roundSte } from './round-ste.js';
export type { UniformScheme } from './uniform-grid.js';
