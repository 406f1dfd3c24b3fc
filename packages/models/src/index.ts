export { createModel, modelNames } from './create-model.js';
export type { ModelOptions } from './model-options.js';
export { resnet, type ResnetOptions } from './resnet.js';
export { smallCnn } from './small-cnn.js';
