import { calibrate, type Training } from '@flatbit/core';
import { latestCheckpoint, restoreTraining, type ManifestFields } from '@flatbit/plugin-checkpoint';
import * as tf from '@tensorflow/tfjs';
import type { ExperimentData } from '../build/build-data.js';
import type { ResolvedExperiment } from '../resolve-experiment.js';
import { cutMetrics } from './metrics-log.js';
import type { RunFiles } from './run-files.js';
import { startFrom } from './start-from.js';

export interface BeginOptions {
  readonly files: RunFiles;
  readonly manifest: ManifestFields;
}

/**
 * Puts a training where its run stands: at the newest checkpoint of its folder, or else at its beginning. Lines of
 * `metrics.jsonl` that the checkpoint does not know are dropped.
 */
export async function beginRun(
  { training, data }: { readonly training: Training; readonly data: ExperimentData },
  { start, epochs }: ResolvedExperiment,
  { files, manifest }: BeginOptions,
): Promise<void> {
  const latest = await latestCheckpoint(files.checkpoints, { warn: training.warn });
  if (latest !== undefined) await restoreTraining(training, latest, { manifest });
  else if (start !== undefined) await startFrom(training, start);
  await cutMetrics(files.metrics, training.position.epoch);
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
