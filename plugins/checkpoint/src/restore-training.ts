import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Training, UsageError } from '@flatbit/core';
import { environment, environmentDifferences, type ManifestFields } from './environment.js';
import { loadLatest } from './find-checkpoints.js';
import { loadCheckpoint, type LoadedCheckpoint } from './load-checkpoint.js';
import { manifestFile } from './manifest.js';

export interface RestoreOptions {
  /** What a save of this training would add to the manifest, to be compared with what the checkpoint says. */
  readonly manifest?: ManifestFields;
}

/** Where a training was restored from. */
export interface Restored extends Pick<LoadedCheckpoint, 'manifest'> {
  readonly path: string;
}

/**
 * Puts a training where a checkpoint was: `path` is its folder, or the folder of several, of which the newest whole one is
 * taken. Another engine or version, and state of a plugin that is missing, are warned of through the training's `warn`.
 * @throws UsageError if there is none, or it does not fit the training.
 */
export async function restoreTraining(
  training: Training,
  path: string,
  { manifest: fields }: RestoreOptions = {},
): Promise<Restored> {
  const { warn, hooks } = training;
  const loaded = await load(path, warn);
  const { state, manifest } = loaded;
  const plugins = training.plugins.map(({ name }) => name);
  const own = ['variables', 'optimizer', 'position'];
  const missing = state.owners().filter((owner) => !own.includes(owner) && !plugins.includes(owner));
  if (missing.length > 0) {
    warn(
      `checkpoint "${loaded.path}" holds state of ${missing.join(', ')}, which this training does not have`,
    );
  }
  const differences = environmentDifferences(manifest, environment(fields));
  if (differences.length > 0) {
    warn(`checkpoint "${loaded.path}": ${differences.join('; ')}; going on, but not bit for bit`);
  }
  await hooks.restoreState.promise(state);
  return { path: loaded.path, manifest };
}

async function load(
  path: string,
  warn: (line: string) => void,
): Promise<LoadedCheckpoint & { path: string }> {
  if (await exists(join(path, manifestFile))) return { ...(await loadCheckpoint(path)), path };
  const latest = await loadLatest(path, { warn });
  if (latest) return latest;
  throw new UsageError(
    `"${path}" holds no whole checkpoint; give the path of one, or of a folder with epoch-… in it`,
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
