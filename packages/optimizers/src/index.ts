export { adam, type AdamGroup, type AdamOptions, type AdamSettings } from './adam.js';
export { type AdamStep, adamStep, type AdamStepped } from './adam-step.js';
export type { ParameterSelection } from './parameter-groups.js';
export { sgd, type SgdGroup, type SgdOptions, type SgdSettings } from './sgd.js';
export { type SgdStep, sgdStep, type SgdStepped } from './sgd-step.js';
