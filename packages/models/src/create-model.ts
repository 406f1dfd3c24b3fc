import { nearestName, showValue, UsageError } from '@flatbit/core';
import type * as tf from '@tensorflow/tfjs';
import type { ModelOptions } from './model-options.js';
import { resnet } from './resnet.js';
import { smallCnn } from './small-cnn.js';

/** The names that people use most; {@link createModel} takes every `resnetN` with N = 6n + 2. */
export const modelNames = ['resnet20', 'resnet32', 'resnet44', 'resnet56', 'resnet110', 'small-cnn'] as const;

/**
 * Builds a network by name: `createModel('resnet20', { classes: 10 })`.
 * @throws UsageError when the name is unknown, and whatever the network itself refuses
 */
export function createModel(name: string, options: ModelOptions = {}): tf.LayersModel {
  const depth = /^resnet(\d+)$/.exec(name)?.[1];
  if (depth !== undefined) {
    return resnet({ ...options, depth: Number(depth) });
  }
  if (name === 'small-cnn') {
    return smallCnn(options);
  }
  const nearest = typeof name === 'string' ? nearestName(name, modelNames) : undefined;
  const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  throw new UsageError(
    `unknown model ${showValue(name)}${hint}; take one of ${modelNames.join(', ')}, or resnetN with N = 6n + 2`,
  );
}
