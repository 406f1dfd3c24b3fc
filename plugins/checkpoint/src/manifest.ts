import { createHash } from 'node:crypto';
import { type Json, UsageError } from '@flatbit/core';
import type { Score } from './score.js';

/** What `manifest.json` says beside what the user adds. */
export interface CheckpointManifest {
  readonly format: 'flatbit-checkpoint';
  readonly schemaVersion: 1;
  readonly position: { readonly epoch: number; readonly step: number; readonly stepInEpoch: number };
  /** Of the epoch that had just ended, where one is kept by score. */
  readonly score?: Score;
  /** What the same bits depend on: the engine's name, threads, flags, … */
  readonly engine: Readonly<Record<string, Json>>;
  readonly versions: Readonly<Record<string, Json>>;
  readonly tensors: { readonly file: string; readonly bytes: number; readonly sha256: string };
  /** The values of each section of the state; its tensors are in the file, under `<section>/<name>`. */
  readonly sections: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** SHA-256 of this manifest's JSON without this field. */
  readonly checksum: string;
}

export const manifestFile = 'manifest.json';
export const tensorsFile = 'tensors.safetensors';
export const schemaVersion = 1;

/** Everything but the checksum, which {@link writeManifest} adds; further fields are the user's. */
export type ManifestContent = Omit<CheckpointManifest, 'checksum'>;

/** Fields that are not the user's to set. */
export const reservedFields: readonly string[] = [
  'format',
  'schemaVersion',
  'position',
  'score',
  'tensors',
  'sections',
  'checksum',
];

/** `manifest.json` as text. */
export function writeManifest(content: ManifestContent): string {
  return `${JSON.stringify({ ...content, checksum: checksumOf(content) }, undefined, 2)}\n`;
}

/**
 * Reads `manifest.json`.
 * @throws UsageError if it is not a manifest, is not as it was written, or is of a newer schema.
 */
export function readManifest(text: string): CheckpointManifest {
  const manifest = parse(text);
  if (manifest['format'] !== 'flatbit-checkpoint') {
    throw new UsageError(`${manifestFile} is not that of a checkpoint`);
  }
  const version = manifest['schemaVersion'];
  if (version !== schemaVersion) {
    const advice = Number(version) > schemaVersion ? 'update flatbit' : 'there is no such schema';
    throw new UsageError(
      `${manifestFile} has schema ${JSON.stringify(version)}, and this version reads ${schemaVersion}; ${advice}`,
    );
  }
  const { checksum, ...content } = manifest;
  if (checksum !== checksumOf(content)) {
    throw new UsageError(`${manifestFile} is not as it was written (checksum mismatch)`);
  }
  const { tensors } = content as unknown as ManifestContent;
  if (tensors.file !== tensorsFile)
    throw new UsageError(`${manifestFile} names ${tensors.file}, not ${tensorsFile}`);
  return manifest as unknown as CheckpointManifest;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`${manifestFile} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  throw new UsageError(`${manifestFile} is not a JSON object`);
}

function checksumOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
