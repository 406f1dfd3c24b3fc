export {
  bitsByLayer,
  type BitsFile,
  bitsFormat,
  bitsOfLayers,
  type LayerBits,
  parseBitsFile,
} from './bits-file.js';
export { bitsFromList } from './bits-list.js';
export type { StatisticsPolicy } from './batch-statistics.js';
export { layerPolicy, type LayerPolicyOptions, type LayerRule, paperPolicy } from './layer-policy.js';
export type { VarianceEstimate } from './patch-batch-norm.js';
export { quantizable, type QuantizableOptions } from './quantizable.js';
