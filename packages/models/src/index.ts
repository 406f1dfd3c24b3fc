export { createModel, modelNames } from './create-model.js';
export { imagenetResnet, type ImagenetResnetOptions } from './imagenet-resnet.js';
export { mobilenetV2, mobilenetV2Cifar } from './mobilenet-v2.js';
export type { ModelOptions } from './model-options.js';
export { resnet, type ResnetOptions } from './resnet.js';
export { smallCnn } from './small-cnn.js';
