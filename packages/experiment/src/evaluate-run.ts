import { selectEngine, type EngineName } from '@flatbit/backends';
import { evaluate, UsageError, type Measures } from '@flatbit/core';
import { bestCheckpoint, latestCheckpoint, restoreTraining } from '@flatbit/plugin-checkpoint';
import type { ManifestFields } from '@flatbit/plugin-checkpoint';
import type { ContainerModule } from 'inversify';
import { openExperiment } from './open-experiment.js';
import { presetModules } from './preset-modules.js';
import { runEnvironment } from './run/environment.js';
import { runFiles } from './run/run-files.js';
import { settleRun, type SettleOptions } from './run/stored-run.js';

export interface EvaluateRunOptions extends SettleOptions {
  /** Which of the run's checkpoints; the `latest` unless given. */
  readonly checkpoint?: 'latest' | 'best';
  /** The engine; the one of the settings unless given. */
  readonly backend?: string;
  /** The further modules that the run was trained with. */
  readonly modules?: readonly ContainerModule[];
  /** Where one-line warnings go; `console.warn` unless given. */
  readonly warn?: (line: string) => void;
}

/** What a checkpoint of a run measures. */
export interface RunEvaluation {
  readonly folder: string;
  /** Path of the checkpoint. */
  readonly checkpoint: string;
  /** Epochs completed. */
  readonly epoch: number;
  /** Steps taken. */
  readonly step: number;
  readonly validation?: Measures;
  readonly test?: Measures;
}

/**
 * Measures a checkpoint of a run on its validation and test parts.
 * @throws UsageError if the folder holds no run or no checkpoint, or the run's settings cannot be read from it.
 */
export async function evaluateRun(folder: string, options: EvaluateRunOptions = {}): Promise<RunEvaluation> {
  const { checkpoint: which = 'latest', warn = (line) => console.warn(line), modules = [] } = options;
  const files = runFiles(folder);
  const experiment = settleRun(files, options);
  const find = which === 'best' ? bestCheckpoint : latestCheckpoint;
  const checkpoint = await find(files.checkpoints, { warn });
  if (checkpoint === undefined)
    throw new UsageError(
      which === 'best'
        ? `${folder}: no best checkpoint is kept; train with checkpoint.best, or take the latest`
        : `${folder}: no checkpoint is there; train with checkpoints`,
    );
  const engine = await selectEngine((options.backend ?? experiment.backend) as EngineName | undefined);
  const manifest: ManifestFields = { ...runEnvironment(engine) };
  const open = openExperiment([...presetModules(experiment, { files, manifest, warn }), ...modules], warn);
  try {
    const { training, data } = open;
    await restoreTraining(training, checkpoint, { manifest });
    const { epoch, step } = training.position;
    return {
      folder,
      checkpoint,
      epoch,
      step,
      ...(data.validation && { validation: await evaluate(training, data.validation) }),
      ...(data.test && { test: await evaluate(training, data.test) }),
    };
  } finally {
    open.dispose();
  }
}
