import { UsageError } from '@flatbit/core';
import { type CheckpointFolder, checkpointFolders } from './checkpoint-folder.js';
import { nodeDisk } from './disk.js';
import { glanceAtCheckpoint, loadCheckpoint, type LoadedCheckpoint } from './load-checkpoint.js';
import type { CheckpointManifest } from './manifest.js';
import { isBetter } from './score.js';

export interface FindOptions {
  /** Where a line goes for each checkpoint that had to be passed over; `console.warn` unless given. */
  readonly warn?: (line: string) => void;
}

/** A checkpoint whose manifest was read. */
export interface KnownCheckpoint extends CheckpointFolder {
  readonly manifest: CheckpointManifest;
}

/** The checkpoints in `folder`, newest first; those whose manifest or size is not right are left out. */
export async function knownCheckpoints(folder: string): Promise<readonly KnownCheckpoint[]> {
  const known: KnownCheckpoint[] = [];
  for (const checkpoint of checkpointFolders(folder, await nodeDisk.list(folder))) {
    try {
      known.push({ ...checkpoint, manifest: await glanceAtCheckpoint(checkpoint.path) });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
  return known;
}

/**
 * Path of the newest checkpoint in `folder` of which every byte is as it was written; undefined if there is none. Each newer
 * one that is not whole is passed over with a warning.
 */
export async function latestCheckpoint(folder: string, options?: FindOptions): Promise<string | undefined> {
  return (await loadLatest(folder, options))?.path;
}

/** The same checkpoint, loaded. */
export async function loadLatest(
  folder: string,
  { warn = (line) => console.warn(line) }: FindOptions = {},
): Promise<(LoadedCheckpoint & { readonly path: string }) | undefined> {
  for (const { path } of checkpointFolders(folder, await nodeDisk.list(folder))) {
    try {
      return { ...(await loadCheckpoint(path)), path };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      warn(`${error.message}; going back to the one before it`);
    }
  }
  return undefined;
}

/** Path of the checkpoint in `folder` with the best score; undefined if none has one. The first of equals wins. */
export async function bestCheckpoint(folder: string): Promise<string | undefined> {
  return bestOf(await knownCheckpoints(folder))?.path;
}

/** By the measure of the newest one that has a score. */
export function bestOf(newestFirst: readonly KnownCheckpoint[]): KnownCheckpoint | undefined {
  const scored = newestFirst.filter(({ manifest: { score } }) => score !== undefined);
  const measure = scored[0]?.manifest.score;
  let best: KnownCheckpoint | undefined;
  for (const checkpoint of [...scored].reverse()) {
    const score = checkpoint.manifest.score!;
    if (score.metric !== measure!.metric || score.mode !== measure!.mode) continue;
    if (isBetter(score, best?.manifest.score)) best = checkpoint;
  }
  return best;
}
