export { bopsPlugin, type BopsOptions, type BopsPlugin } from './bops-plugin.js';
export { bopsTable } from './bops-table.js';
export {
  countBops,
  type BopsConvention,
  type BopsReport,
  type CountOptions,
  type LayerBops,
} from './count-bops.js';
export { layerBops, type MultiplyBits } from './layer-bops.js';
