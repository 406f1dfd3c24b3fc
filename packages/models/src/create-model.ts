import { nearestName, showValue, UsageError } from '@flatbit/core';
import type * as tf from '@tensorflow/tfjs';
import { imagenetResnet, imagenetResnetDepths } from './imagenet-resnet.js';
import { mobilenetV2, mobilenetV2Cifar } from './mobilenet-v2.js';
import type { ModelOptions } from './model-options.js';
import { resnet } from './resnet.js';
import { smallCnn } from './small-cnn.js';

type ModelFactory = (options: ModelOptions) => tf.LayersModel;

const cifarResnet =
  (depth: number): ModelFactory =>
  (options) =>
    resnet({ ...options, depth });

const factories: Readonly<Record<string, ModelFactory>> = {
  ...Object.fromEntries([20, 32, 44, 56, 110].map((depth) => [`resnet${depth}`, cifarResnet(depth)])),
  'mobilenetv2-cifar': mobilenetV2Cifar,
  ...Object.fromEntries(
    imagenetResnetDepths.map((depth) => [
      `resnet${depth}`,
      (options: ModelOptions) => imagenetResnet({ ...options, depth }),
    ]),
  ),
  mobilenetv2: mobilenetV2,
  'small-cnn': smallCnn,
};

/** The names that people use most; {@link createModel} takes every other `resnetN` with N = 6n + 2, too. */
export const modelNames: readonly string[] = Object.keys(factories);

/**
 * Builds a network by name: `createModel('resnet20', { classes: 10 })`. `resnet18`, `resnet34` and `resnet50` are those for ImageNet; the
 * network of depth 50 for small images is `resnet({ depth: 50 })`.
 * @throws UsageError when the name is unknown, and whatever the network itself refuses
 */
export function createModel(name: string, options: ModelOptions = {}): tf.LayersModel {
  const depth = /^resnet(\d+)$/.exec(name)?.[1];
  const factory = Object.hasOwn(factories, name)
    ? factories[name]
    : depth !== undefined && cifarResnet(Number(depth));
  if (factory) return factory(options);
  const nearest = typeof name === 'string' ? nearestName(name, modelNames) : undefined;
  const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  throw new UsageError(
    `unknown model ${showValue(name)}${hint}; take one of ${modelNames.join(', ')}, or resnetN with N = 6n + 2`,
  );
}
