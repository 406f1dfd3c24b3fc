import { anObject, checkOption, type Takes, type TrainingHooks, type TrainingPlugin } from '@flatbit/core';
import type { Disk } from './disk.js';
import type { ManifestFields } from './environment.js';
import { pruneCheckpoints } from './prune-checkpoints.js';
import { checkFields, saveCheckpoint } from './save-checkpoint.js';
import { type BestBy, isBetter, type Score, scoreOf } from './score.js';

export interface CheckpointOptions {
  /** Where checkpoints go, each into a folder of its own: `runs/digits/checkpoints`. */
  readonly folder: string;
  /** Epochs between two checkpoints; 1 unless given. The last epoch is always stored. */
  readonly every?: { readonly epochs: number };
  /** How many of the newest stay; 2 unless given. */
  readonly keepLast?: number;
  /** Stores and keeps the epoch with the best validation measure too. */
  readonly best?: BestBy;
  /** Further fields of each manifest: seed, experiment, … */
  readonly manifest?: ManifestFields;
  /** Node's unless given. */
  readonly disk?: Disk;
}

const aPath: Takes = {
  words: 'the path of a folder, such as "runs/digits/checkpoints"',
  accepts: (value) => typeof value === 'string' && value !== '',
};
const fromOne: Takes = {
  words: 'a whole number from 1',
  accepts: (value) => Number.isInteger(value) && (value as number) >= 1,
};

/** After everyone who changes something between epochs. */
const lastStage = 1000;

/**
 * Stores the state of the training and of every plugin after epochs, and when it is interrupted between two steps.
 * @throws UsageError for options that cannot be.
 */
export function checkpointPlugin(options: CheckpointOptions): TrainingPlugin {
  const {
    folder,
    every = { epochs: 1 },
    keepLast = 2,
    best: bestBy,
    manifest = {},
    disk,
  } = checkOption(options, 'checkpoint', anObject);
  checkOption(folder, 'checkpoint.folder', aPath);
  checkOption(every.epochs, 'checkpoint.every.epochs', fromOne);
  checkOption(keepLast, 'checkpoint.keepLast', fromOne);
  checkFields(manifest);
  const name = 'checkpoint';
  const onDisk = disk && { disk };
  let best: Score | undefined;
  let savedStep: number | undefined;

  async function save(hooks: TrainingHooks, step: number, score?: Score): Promise<void> {
    await saveCheckpoint(hooks, folder, { manifest, ...(score && { score }), ...onDisk });
    savedStep = step;
    await pruneCheckpoints(folder, { keepLast, ...onDisk });
  }

  return {
    name,
    apply(hooks) {
      hooks.onEpochEnd.tapPromise({ name, stage: lastStage }, async (summary) => {
        const { epoch, epochs, step } = summary;
        const score = bestBy && scoreOf(bestBy, summary);
        const improved = score !== undefined && isBetter(score, best);
        if (improved) best = score;
        if (improved || epoch % every.epochs === 0 || epoch === epochs) await save(hooks, step, score);
      });
      hooks.onInterrupt.tapPromise({ name, stage: lastStage }, async ({ step }) => {
        if (step !== savedStep) await save(hooks, step);
      });
      hooks.collectState.tap(name, (state) => {
        state.section(name).values = best ? { best: { ...best } } : {};
      });
      hooks.restoreState.tap(name, (state) => {
        best = state.section(name).values['best'] as Score | undefined;
        savedStep = undefined;
      });
    },
  };
}
