import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type StoredTensor, UsageError } from '@flatbit/core';
import { headerLength, lengthBytes, parseSafetensorsHeader, storedTensor } from '@flatbit/safetensors';
import type { CheckpointManifest } from './manifest.js';

/**
 * Reads a safetensors file tensor by tensor, and compares it with what the manifest says of it.
 * @throws UsageError if it is of another size, is not as it was written, or is not a safetensors file.
 */
export async function readTensorsFile(
  path: string,
  { file: name, bytes, sha256 }: CheckpointManifest['tensors'],
): Promise<ReadonlyMap<string, StoredTensor>> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size !== bytes) throw new UsageError(`${name} has ${size} bytes, and ${bytes} were written`);
    const hash = createHash('sha256');
    const read = async (length: number) => {
      const piece = await readPiece(file, length);
      hash.update(piece);
      return piece;
    };
    const header = await read(headerLength(await read(Math.min(lengthBytes, size)), size));
    const { entries } = parseSafetensorsHeader(header, size - lengthBytes - header.length);
    const tensors = new Map<string, StoredTensor>();
    for (const entry of entries)
      tensors.set(entry.name, storedTensor(entry, await read(entry.end - entry.begin)));
    if (hash.digest('hex') !== sha256) {
      throw new UsageError(`${name} is not as it was written (checksum mismatch)`);
    }
    return tensors;
  } finally {
    await file.close();
  }
}

/** The next `length` bytes, in a buffer of their own. */
async function readPiece(file: FileHandle, length: number): Promise<Uint8Array> {
  const piece = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(piece, filled, length - filled, null);
    if (bytesRead === 0) throw new UsageError(`the file ended ${length - filled} bytes early`);
    filled += bytesRead;
  }
  return piece;
}
