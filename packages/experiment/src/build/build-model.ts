import { UsageError } from '@flatbit/core';
import { createModel } from '@flatbit/models';
import type * as tf from '@tensorflow/tfjs';
import type { ExperimentSettings } from '../schema/experiment.js';
import type { ExperimentData } from './build-data.js';

/**
 * The network of an experiment; image shape and number of classes come from the data where the settings are silent.
 * @throws UsageError for an unknown name, and for classes that are fewer than the data's.
 */
export function buildModel(
  { model, seed }: ExperimentSettings,
  { inputShape, classes }: Pick<ExperimentData, 'inputShape' | 'classes'>,
): tf.LayersModel {
  const known = { ...(inputShape && { inputShape }), ...(classes !== undefined && { classes }), seed };
  if (typeof model === 'function') return model(known);
  const { name, ...options } = model;
  if (classes !== undefined && options.classes !== undefined && options.classes < classes)
    throw new UsageError(`model.classes: got ${options.classes}; takes ${classes} or more, as the data has`);
  return createModel(name, { ...known, ...options });
}
