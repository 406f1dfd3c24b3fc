export { createModel, modelNames } from './create-model.js';
export { imagenetResnet, type ImagenetResnetOptions } from './imagenet-resnet.js';
export { importPyTorchWeights, type ImportOptions } from './import-pytorch-weights.js';
export { mobilenetV2, mobilenetV2Cifar } from './mobilenet-v2.js';
export type { ModelOptions } from './model-options.js';
export { pytorchNames, type PyTorchNames } from './pytorch-names.js';
export { resnet, type ResnetOptions } from './resnet.js';
export { smallCnn } from './small-cnn.js';
