import { UsageError } from '@flatbit/core';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isOfDisk } from './disk-error.js';
import type { Wheel, WheelFile } from './wheel.js';

/**
 * Unpacks files of a wheel, each compared with the wheel's `RECORD` on its way. A file gets its name when it is whole and right, so
 * that what an interrupted call has unpacked is not unpacked again; it is compared, for that may have been another wheel.
 * @param target says where a file goes; `undefined` leaves it out.
 * @param onProgress is called with the share that is done, 0 to 1.
 * @returns the number of files that are in place.
 * @throws UsageError when a file is not what `RECORD` says, or is not in it.
 */
export async function unpackWheel(
  { files, record, name }: Wheel,
  target: (path: string) => string | undefined,
  onProgress: (share: number) => void,
): Promise<number> {
  const wanted = files.flatMap((file) => {
    const path = target(file.path);
    return path === undefined ? [] : [{ file, path }];
  });
  const total = wanted.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  for (const { file, path } of wanted) {
    const expected = record?.get(file.path);
    if (record && expected === undefined)
      throw new UsageError(`${name}: ${file.path} is not in its RECORD; get the wheel again`);
    if (!(await isUnpacked(path, file, expected))) {
      await mkdir(dirname(path), { recursive: true });
      const refuse = (why: string, cause?: unknown): never => {
        throw new UsageError(`${name}: ${file.path} is damaged (${why}); get the wheel again`, { cause });
      };
      const actual = await write(await file.open(), `${path}.partial`, (bytes) => {
        onProgress((done + bytes) / total);
      }).catch((error: unknown) => {
        if (isOfDisk(error)) throw error;
        return refuse((error as Error).message, error);
      });
      if (record && actual !== expected) refuse('its SHA-256 is not that of RECORD');
      await rename(`${path}.partial`, path);
    }
    done += file.size;
    onProgress(done / total);
  }
  return wanted.length;
}

/** Whether an earlier call has unpacked this file: as long, and with the content that `RECORD` says, if there is one. */
async function isUnpacked(path: string, { size }: WheelFile, expected: string | undefined): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  if (info?.size !== size) return false;
  if (expected === undefined) return true;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('base64url') === expected;
}

/** Writes a file and returns the SHA-256 of its content in base64url. */
async function write(content: Readable, path: string, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  const observe = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      onBytes((bytes += chunk.length));
      callback(null, chunk);
    },
  });
  await pipeline(content, observe, createWriteStream(path));
  return hash.digest('base64url');
}
