import {
  type Batch,
  type BatchSource,
  createTrainingHooks,
  type Training,
  type TrainingPlugin,
} from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import { pushPlugin } from './push-plugin.js';

/** Where a plugin is tried. */
export interface Workbench {
  /** Gives a new instance at each call. */
  readonly makePlugin: () => TrainingPlugin;
  /** Gives a new training, of which `dispose` frees everything; the seed is that of the first weights. */
  readonly makeTraining: (plugins: readonly TrainingPlugin[], options: { readonly seed: number }) => Training;
  readonly batches: BatchSource;
}

/** One thing that every plugin keeps. */
export interface PluginPromise {
  /** Goes on after the plugin's name: `leaves no tensor behind …`. */
  readonly sentence: string;
  /** @throws AssertionError if it is broken. */
  readonly check: (workbench: Workbench) => Promise<void>;
}

export interface Trial {
  readonly plugins: readonly TrainingPlugin[];
  /** 1 unless given. */
  readonly seed?: number;
}

/** Uses a training, and disposes it whatever happens. */
export async function withTraining<T>(
  { makeTraining }: Workbench,
  { plugins, seed = 1 }: Trial,
  use: (training: Training) => Promise<T>,
): Promise<T> {
  const training = makeTraining(plugins, { seed });
  try {
    return await use(training);
  } finally {
    training.dispose();
  }
}

/** The plugin in a training with two passes: where it does not perturb itself, another plugin does. */
export function withSecondPass({ makePlugin }: Workbench): readonly TrainingPlugin[] {
  const plugin = makePlugin();
  const hooks = createTrainingHooks();
  makePlugin().apply(hooks);
  return hooks.perturb.taps.length > 0 ? [plugin] : [plugin, pushPlugin()];
}

/** Uses the first batch of the first epoch, and disposes it. */
export async function withFirstBatch<T>(
  { batches }: Workbench,
  use: (batch: Batch) => Promise<T>,
): Promise<T> {
  for await (const batch of batches.batches({ epoch: 0 })) {
    try {
      return await use(batch);
    } finally {
      tf.dispose([[...batch.inputs], [...batch.targets]]);
    }
  }
  throw new Error('the contract needs a source with at least one batch');
}
