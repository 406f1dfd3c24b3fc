import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Wheel, WheelFile } from './wheel.js';

/** A wheel whose files are not what its `RECORD` says. */
export class DamagedWheelError extends Error {
  override readonly name = 'DamagedWheelError';
}

/**
 * Unpacks files of a wheel, each compared with the wheel's `RECORD` on its way. A file gets its name when it is whole and right, so
 * that what an interrupted call has unpacked is not unpacked again.
 * @param target says where a file goes; `undefined` leaves it out.
 * @param onProgress is called with the share that is done, 0 to 1.
 * @returns the number of files that are in place.
 * @throws DamagedWheelError when a file is not what `RECORD` says, or is not in it.
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
      throw new DamagedWheelError(`${name}: ${file.path} is not in its RECORD`);
    if (!existsSync(path)) {
      await mkdir(dirname(path), { recursive: true });
      const actual = await write(file, `${path}.partial`, (bytes) => {
        onProgress((done + bytes) / total);
      });
      if (record && actual !== expected) {
        throw new DamagedWheelError(
          `${name}: ${file.path} is damaged (its SHA-256 is not that of RECORD); get the wheel again`,
        );
      }
      await rename(`${path}.partial`, path);
    }
    done += file.size;
    onProgress(done / total);
  }
  return wanted.length;
}

/** Writes a file and returns the SHA-256 of its content in base64url. */
async function write(file: WheelFile, path: string, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  const observe = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      onBytes((bytes += chunk.length));
      callback(null, chunk);
    },
  });
  await pipeline(await file.open(), observe, createWriteStream(path));
  return hash.digest('base64url');
}
