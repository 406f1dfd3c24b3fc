import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TinyIdxOptions {
  readonly count?: number;
  readonly classes?: number;
  /** The label of each image; a bright row says which it is. */
  readonly labelOf?: (index: number) => number;
}

/** Two IDX files with images of 8 x 8 bytes: the row of an image's label is bright, the rest faint noise. */
export function writeTinyIdx(
  folder: string,
  { count = 48, classes = 3, labelOf = (index) => index % classes }: TinyIdxOptions = {},
): { readonly images: string; readonly labels: string } {
  mkdirSync(folder, { recursive: true });
  const images = Buffer.alloc(count * 64);
  const labels = Buffer.alloc(count);
  for (let index = 0; index < count; index++) {
    labels[index] = labelOf(index);
    for (let pixel = 0; pixel < 64; pixel++) {
      const bright = Math.floor(pixel / 8) === 2 * labelOf(index);
      images[index * 64 + pixel] = (bright ? 200 : 0) + ((index * 7 + pixel * 13) % 50);
    }
  }
  const paths = { images: join(folder, 'images.idx'), labels: join(folder, 'labels.idx') };
  writeFileSync(paths.images, Buffer.concat([header(0x08, count, 8, 8), images]));
  writeFileSync(paths.labels, Buffer.concat([header(0x08, count), labels]));
  return paths;
}

/** Two zeros, the type, the number of dimensions, and each as a big-endian number. */
export function header(type: number, ...shape: readonly number[]): Buffer {
  const bytes = Buffer.from([0, 0, type, shape.length, ...shape.flatMap(() => [0, 0, 0, 0])]);
  shape.forEach((size, index) => bytes.writeUInt32BE(size, 4 + 4 * index));
  return bytes;
}
