import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type TrainingState, UsageError } from '@flatbit/core';
import { isMissing } from './disk.js';
import { type CheckpointManifest, manifestFile, readManifest, tensorsFile } from './manifest.js';
import { unpackState } from './pack-state.js';
import { readTensorsFile } from './read-tensors-file.js';

/** A checkpoint in memory. */
export interface LoadedCheckpoint {
  readonly state: TrainingState;
  readonly manifest: CheckpointManifest;
}

/**
 * Reads the checkpoint in the folder `path`, and holds every byte against its checksums.
 * @throws UsageError of one line if it is missing, truncated, not as it was written, or of a newer schema.
 */
export async function loadCheckpoint(path: string): Promise<LoadedCheckpoint> {
  return explain(path, async () => {
    const manifest = await loadManifest(path);
    const tensors = await readTensorsFile(join(path, tensorsFile), manifest.tensors);
    return { state: unpackState({ tensors, sections: manifest.sections }), manifest };
  });
}

/** Reads the manifest alone, and looks at the size of the tensors. @throws UsageError as {@link loadCheckpoint} does. */
export async function glanceAtCheckpoint(path: string): Promise<CheckpointManifest> {
  return explain(path, async () => {
    const manifest = await loadManifest(path);
    const { size } = await stat(join(path, tensorsFile));
    if (size === manifest.tensors.bytes) return manifest;
    throw new UsageError(`${tensorsFile} has ${size} bytes, and ${manifest.tensors.bytes} were written`);
  });
}

async function loadManifest(path: string): Promise<CheckpointManifest> {
  return readManifest(await readFile(join(path, manifestFile), 'utf8'));
}

async function explain<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new UsageError(`checkpoint "${path}": ${await problemOf(path, error)}`, { cause: error });
  }
}

async function problemOf(path: string, error: unknown): Promise<string> {
  if (error instanceof UsageError) return error.message;
  if (!isMissing(error)) return (error as Error).message;
  try {
    await stat(path);
  } catch {
    return 'there is no such folder';
  }
  const file =
    (error as NodeJS.ErrnoException).path === join(path, manifestFile) ? manifestFile : tensorsFile;
  return `${file} is missing; give the path of a folder named epoch-…`;
}
