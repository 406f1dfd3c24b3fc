export type { AdaptiveOptions } from './ascend.js';
export type { PerturbAt } from './probes.js';
export { samPlugin, type SamOptions } from './sam-plugin.js';
