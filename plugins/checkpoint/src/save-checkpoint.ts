import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type TrainingHooks, TrainingState, UsageError } from '@flatbit/core';
import { writeSafetensors } from '@flatbit/safetensors';
import { checkpointFolders, folderName, leftovers, passingPath } from './checkpoint-folder.js';
import { type Disk, nodeDisk } from './disk.js';
import { environment, type ManifestFields } from './environment.js';
import {
  type ManifestContent,
  manifestFile,
  reservedFields,
  schemaVersion,
  tensorsFile,
  writeManifest,
} from './manifest.js';
import { checkJson, packState } from './pack-state.js';
import type { Score } from './score.js';

export interface SaveOptions {
  /** Of the epoch that has just ended. */
  readonly score?: Score;
  /** Further fields of the manifest. */
  readonly manifest?: ManifestFields;
  /** Node's unless given. */
  readonly disk?: Disk;
}

/**
 * Collects a training's state and stores it as `<folder>/epoch-0003-step-000330`; answers with that path. The checkpoint
 * appears whole or not at all: it is written beside its place, and then renamed. What an earlier crash has left is removed.
 * @throws UsageError if a plugin's state cannot be stored; what the file system throws.
 */
export async function saveCheckpoint(
  { collectState }: Pick<TrainingHooks, 'collectState'>,
  folder: string,
  { score, manifest: fields = {}, disk = nodeDisk }: SaveOptions = {},
): Promise<string> {
  checkFields(fields);
  const state = new TrainingState();
  await collectState.promise(state);
  const { tensors, sections } = packState(state);
  const pieces = writeSafetensors(tensors, { format: 'flatbit-checkpoint' });
  const position = positionOf(state);
  const content: ManifestContent = {
    ...fields,
    format: 'flatbit-checkpoint',
    schemaVersion,
    position,
    ...(score && { score }),
    ...environment(fields),
    tensors: { file: tensorsFile, ...digest(pieces) },
    sections,
  };

  await disk.makeFolder(folder);
  const names = await disk.list(folder);
  for (const leftover of leftovers(folder, names)) await disk.remove(leftover);
  const path = join(folder, freeName(position, folder, names));
  const passing = passingPath(folder, path);
  await disk.makeFolder(passing);
  await disk.writeFile(join(passing, tensorsFile), pieces);
  await disk.writeFile(join(passing, manifestFile), [new TextEncoder().encode(writeManifest(content))]);
  await disk.syncFolder(passing);
  await disk.rename(passing, path);
  await disk.syncFolder(folder);
  return path;
}

/** @throws UsageError for a field that the manifest has already, or a value that JSON cannot hold. */
export function checkFields(fields: ManifestFields): void {
  checkJson(fields, 'checkpoint.manifest');
  const taken = reservedFields.find((field) => field in fields);
  if (taken)
    throw new UsageError(`checkpoint.manifest: field "${taken}" is the checkpoint's own; name it otherwise`);
}

type Position = ManifestContent['position'];

function positionOf(state: TrainingState): Position {
  const { epoch = 0, step = 0, stepInEpoch = 0 } = state.section('position').values as Partial<Position>;
  return { epoch, step, stepInEpoch };
}

/** Another one of the same step, from a run that was resumed before it, stays until this one is in place. */
function freeName({ epoch, step }: Position, folder: string, names: readonly string[]): string {
  const [latest] = checkpointFolders(folder, names).filter(
    (other) => other.epoch === epoch && other.step === step,
  );
  return folderName({ epoch, step, revision: (latest?.revision ?? 0) + 1 });
}

function digest(pieces: readonly Uint8Array[]): { readonly bytes: number; readonly sha256: string } {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const piece of pieces) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
