import { checkOption, type Takes } from './check-option.js';
import { hasMethods, isRecord } from './is-record.js';
import { aFunction, aList, anObject } from './takes.js';
import type { TrainingOptions } from './training.js';

const aModel: Takes = {
  words: 'a TrainableModel; quantizable(model) of @flatbit/layers makes one of a tf.LayersModel',
  accepts: (value) => hasMethods('forward')(value) && isRecord(value) && Array.isArray(value['operands']),
};
const anOptimizer: Takes = {
  words: 'an optimizer, such as sgd({ learningRate: 0.1 }) of @flatbit/optimizers',
  accepts: hasMethods('prepare', 'update', 'dispose'),
};
const aPlugin: Takes = {
  words: 'a plugin: an object with a name and apply(hooks), such as samPlugin({ rho: 0.05 })',
  accepts: (value) => hasMethods('apply')(value) && typeof (value as { name?: unknown }).name === 'string',
};

/** @throws UsageError that names the first part of a training that is not what it should be. */
export function checkTrainingOptions(options: TrainingOptions): void {
  const {
    model,
    loss,
    optimizer,
    metrics = {},
    plugins = [],
  } = checkOption(options, 'createTraining', anObject);
  checkOption(model, 'model', aModel);
  checkOption(loss, 'loss', aFunction);
  checkOption(optimizer, 'optimizer', anOptimizer);
  checkOption(metrics, 'metrics', { ...anObject, words: 'functions by name: { accuracy }' });
  for (const [name, metric] of Object.entries(metrics)) checkOption(metric, `metrics.${name}`, aFunction);
  checkOption(plugins, 'plugins', aList);
  for (const [index, plugin] of plugins.entries()) checkOption(plugin, `plugins[${index}]`, aPlugin);
}
