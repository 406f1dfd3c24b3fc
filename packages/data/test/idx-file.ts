import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The bytes of an IDX file: 00 00, type, number of dimensions, big-endian dimensions, data. */
export function idxBytes(type: number, shape: readonly number[], data: readonly number[]): Buffer {
  const dimensions = shape.flatMap((size) =>
    [size / 2 ** 24, size / 2 ** 16, size / 2 ** 8, size].map((byte) => byte & 255),
  );
  return Buffer.from([0, 0, type, shape.length, ...dimensions, ...data]);
}

/** A folder for the files of one suite; `write` puts a file there and returns its path. */
export function temporaryFolder(): {
  path: string;
  write(name: string, bytes: Uint8Array): string;
  remove(): void;
} {
  const path = mkdtempSync(join(tmpdir(), 'flatbit-data-'));
  return {
    path,
    write(name, bytes) {
      const file = join(path, name);
      writeFileSync(file, bytes);
      return file;
    },
    remove() {
      rmSync(path, { recursive: true });
    },
  };
}
