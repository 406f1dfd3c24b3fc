import { UsageError, type StoredTensor, type Training } from '@flatbit/core';
import { importPyTorchWeights } from '@flatbit/models';
import { latestCheckpoint, loadCheckpoint } from '@flatbit/plugin-checkpoint';
import * as tf from '@tensorflow/tfjs';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstLine } from '../first-line.js';
import type { OpenExperiment } from '../open-experiment.js';

/**
 * Gives the network the weights and batch statistics of another: `path` is the run folder of a training, its folder of checkpoints, one
 * checkpoint, or a PyTorch state dict as safetensors. Everything that a plugin owns starts afresh.
 * @throws UsageError if there is no such thing, or the model in it is another one; nothing is then assigned.
 */
export async function startFrom(
  { training, network }: Pick<OpenExperiment, 'training' | 'network'>,
  path: string,
): Promise<void> {
  if (path.endsWith('.safetensors')) importStateDict(network, path);
  else await startFromCheckpoint(training, path);
}

function importStateDict(network: tf.LayersModel, path: string): void {
  if (!existsSync(path)) throw new UsageError(`start: "${path}": there is no such file`);
  try {
    importPyTorchWeights(network, readFileSync(path));
  } catch (error) {
    throw new UsageError(`start: "${path}": ${firstLine(error)}`, { cause: error });
  }
}

async function startFromCheckpoint(training: Training, path: string): Promise<void> {
  const { state } = await loadCheckpoint(await findCheckpoint(path, training.warn));
  const stored = state.section('variables').tensors;
  const own = training.variables.all().filter(({ owner }) => owner === 'model');
  const misfits = own.filter(({ key, variable }) => !fits(stored.get(key), variable));
  if (misfits.length > 0) {
    const some = misfits
      .slice(0, 3)
      .map(({ key, variable }) => `${key} ${describe(stored.get(key), variable)}`);
    const more = misfits.length > 3 ? `; and ${misfits.length - 3} more` : '';
    throw new UsageError(`start: "${path}" holds another model: ${some.join('; ')}${more}`);
  }
  for (const { key, variable } of own) {
    const { data, shape, dtype } = stored.get(key)!;
    tf.tidy(() => {
      variable.assign(tf.tensor(data, [...shape], dtype));
    });
  }
}

async function findCheckpoint(path: string, warn: (line: string) => void): Promise<string> {
  if (existsSync(join(path, 'manifest.json'))) return path;
  const latest =
    (await latestCheckpoint(join(path, 'checkpoints'), { warn })) ?? (await latestCheckpoint(path, { warn }));
  if (latest !== undefined) return latest;
  throw new UsageError(
    `start: "${path}" holds no checkpoint; train that run first (flatbit train <its file> --out ${path}), or give the path of a run or a checkpoint`,
  );
}

function fits(stored: StoredTensor | undefined, { shape, dtype }: tf.Variable): boolean {
  return stored?.dtype === dtype && stored.shape.join() === shape.join();
}

function describe(stored: StoredTensor | undefined, { shape }: tf.Variable): string {
  return stored ? `is [${stored.shape.join(', ')}], not [${shape.join(', ')}]` : 'is missing';
}
