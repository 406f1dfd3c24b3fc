import { engineNames } from '@flatbit/backends';
import { hasMethods, type Loss, type TrainingPlugin } from '@flatbit/core';
import { z } from 'zod';
import { batchNormSetting } from './batch-norm.js';
import { bitsSetting } from './bits.js';
import { checkpointSetting } from './checkpoint.js';
import { dataSetting } from './data.js';
import { either, isFunction } from './either.js';
import { count, leaf, oneOf, ownObject, wholeNumber } from './leaf.js';
import { list } from './list.js';
import { modelSetting } from './model.js';
import { optimizerSetting } from './optimizer.js';
import { quantizerSetting } from './quantizer.js';
import { samSetting } from './sam.js';
import { scheduleSetting } from './schedule.js';
import { section } from './section.js';
import { signedSetting } from './signed.js';

/** Everything that an experiment can be told, one line per section. */
export const experimentSchema = section({
  /** Names the run folder; the file's name unless given. */
  name: leaf('letters, digits, ".", "_" and "-"', z.string().regex(/^[\w-][\w.-]*$/)).exactOptional(),
  /** Decides initial weights, order, augmentation and dropout. */
  seed: wholeNumber.default(1),
  /** The engine; the best that is installed unless given. */
  backend: oneOf(...engineNames).exactOptional(),
  model: modelSetting,
  data: dataSetting,
  batchSize: count.default(64),
  epochs: wholeNumber.default(10),
  loss: either('"softmaxCrossEntropy", "meanSquaredError" or a function', [
    {
      when: (value) => typeof value === 'string',
      schema: oneOf('softmaxCrossEntropy', 'meanSquaredError'),
    },
    { when: isFunction, schema: ownObject<Loss>('a function', isFunction) },
  ]).default('softmaxCrossEntropy'),
  optimizer: optimizerSetting.prefault({}),
  schedule: scheduleSetting.prefault({ name: 'constant' }),
  quantizer: quantizerSetting.prefault({}),
  bits: bitsSetting.prefault(32),
  signed: signedSetting,
  sam: samSetting.default(false),
  batchNorm: batchNormSetting,
  checkpoint: checkpointSetting.prefault({}),
  /** A run folder, a checkpoint or a PyTorch state dict whose weights and batch statistics are the first ones. */
  start: leaf(
    'the path of a run folder, a checkpoint or a .safetensors file',
    z.string().min(1),
  ).exactOptional(),
  /** What to do at NaN or infinity: throw, or go on without the step. */
  onNonFinite: oneOf('stop', 'skip').default('stop'),
  /** Further plugins; for experiment files in TypeScript. */
  plugins: list(
    'a list of training plugins',
    ownObject<TrainingPlugin>('a training plugin', hasMethods('apply')),
  ).default([]),
});

/** What an experiment file says. */
export type ExperimentConfig = z.input<typeof experimentSchema>;

/** The same with every default filled in. */
export type ExperimentSettings = z.output<typeof experimentSchema>;
