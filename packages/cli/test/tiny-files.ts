import { testEngine } from '@flatbit/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** An empty folder, removed when the tests are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flatbit-cli-'));
  made.push(folder);
  return folder;
}

after(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Two zeros, the type, the number of dimensions, and each as a big-endian number. */
export function idxHeader(type: number, ...shape: readonly number[]): Buffer {
  const bytes = Buffer.from([0, 0, type, shape.length, ...shape.flatMap(() => [0, 0, 0, 0])]);
  shape.forEach((size, index) => bytes.writeUInt32BE(size, 4 + 4 * index));
  return bytes;
}

/**
 * Writes `tiny.json` and its data: 48 images of 8 x 8 bytes in three classes, whose label says which row is bright. An epoch
 * has three steps. Changes go over the settings.
 */
export function writeTinyExperiment(folder: string, changes: object = {}): void {
  const images = Buffer.from(
    Array.from({ length: 48 * 64 }, (_, place) => {
      const label = Math.floor(place / 64) % 3;
      const row = Math.floor((place % 64) / 8);
      return (row === 2 * label ? 200 : 0) + ((place * 7) % 50);
    }),
  );
  const labels = Buffer.from(Array.from({ length: 48 }, (_, index) => index % 3));
  writeFileSync(join(folder, 'images.idx'), Buffer.concat([idxHeader(0x08, 48, 8, 8), images]));
  writeFileSync(join(folder, 'labels.idx'), Buffer.concat([idxHeader(0x08, 48), labels]));
  const settings = {
    backend: testEngine,
    model: { name: 'small-cnn', width: 2 },
    data: {
      name: 'idx',
      images: 'images.idx',
      labels: 'labels.idx',
      classes: 3,
      split: { train: 24, validation: 12, test: 12 },
    },
    batchSize: 8,
    epochs: 2,
    bits: 4,
    ...changes,
  };
  writeFileSync(join(folder, 'tiny.json'), JSON.stringify(settings));
}
