import type { TrainingPlugin } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import { pluginPromises } from './contract/plugin-promises.js';
import type { Workbench } from './contract/workbench.js';
import { testEngine } from './test-engine.js';
import { tinyBatches } from './tiny-batches.js';
import { tinyTraining } from './tiny-training.js';

export interface PluginContractOptions extends Partial<Pick<Workbench, 'makeTraining' | 'batches'>> {
  /** The engine to run on; {@link testEngine} unless given. */
  readonly backend?: string;
}

/**
 * A mocha suite of the promises that every plugin keeps, over `makePlugin`, which gives a new instance at each call.
 * The plugin is tried in {@link tinyTraining} on {@link tinyBatches}, unless `makeTraining` and `batches` bring others;
 * `dispose` of such a training frees all that it has allocated.
 */
export function pluginContract(
  name: string,
  makePlugin: () => TrainingPlugin,
  { backend = testEngine, makeTraining = tinyTraining, batches = tinyBatches() }: PluginContractOptions = {},
): void {
  describe(`plugin contract: ${name}`, () => {
    before(() => tf.setBackend(backend));
    for (const { sentence, check } of pluginPromises) {
      it(sentence, () => check({ makePlugin, makeTraining, batches }));
    }
  });
}
