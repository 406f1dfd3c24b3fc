import { calibrate, UsageError, type Training } from '@flatbit/core';
import { latestCheckpoint, restoreTraining, type ManifestFields } from '@flatbit/plugin-checkpoint';
import * as tf from '@tensorflow/tfjs';
import { existsSync, readdirSync } from 'node:fs';
import type { ExperimentData } from '../build/build-data.js';
import type { OpenExperiment } from '../open-experiment.js';
import type { ResolvedExperiment } from '../resolve-experiment.js';
import { readMetrics } from './metrics-log.js';
import type { RunFiles } from './run-files.js';
import { startFrom } from './start-from.js';

export interface BeginOptions {
  readonly files: RunFiles;
  readonly manifest: ManifestFields;
  /** Whether the run in the folder goes on. */
  readonly resume: boolean;
}

/**
 * Puts a training where its run stands: at the newest checkpoint of its folder, at the weights that it starts from, or
 * where it is. Writes nothing.
 * @throws UsageError if a checkpoint cannot be read, or does not fit, and if the run to resume has epochs behind it of
 * which no whole checkpoint is left.
 */
export async function beginRun(
  { training, network, data }: Pick<OpenExperiment, 'training' | 'network' | 'data'>,
  { start, epochs }: ResolvedExperiment,
  { files, manifest, resume }: BeginOptions,
): Promise<void> {
  const latest = resume ? await latestCheckpoint(files.checkpoints, { warn: training.warn }) : undefined;
  if (resume && latest === undefined && hasBegun(files))
    throw new UsageError(
      `${files.folder}: no whole checkpoint is left; bring its checkpoints back, or train again (--overwrite)`,
    );
  if (latest !== undefined) await restoreTraining(training, latest, { manifest });
  else if (start !== undefined) await startFrom({ training, network }, start);
  // Without an epoch nobody would show the quantizers their data.
  if (epochs === 0 && !training.position.calibrated) await calibrateOnce(training, data);
}

async function calibrateOnce(training: Training, { train }: ExperimentData): Promise<void> {
  for await (const { inputs, targets, size } of train.batches({ epoch: 0 })) {
    try {
      await calibrate(training, { inputs, targets, size });
    } finally {
      tf.dispose([[...inputs], [...targets]]);
    }
    return;
  }
}

/** Whether there is something that a run from the beginning would write over. */
function hasBegun({ metrics, checkpoints }: RunFiles): boolean {
  if (readMetrics(metrics).length > 0) return true;
  return existsSync(checkpoints) && readdirSync(checkpoints).some((name) => name.startsWith('epoch-'));
}
