import assert from 'node:assert/strict';
import { randomFlip, randomStream } from '@flatbit/data';
import { scripted } from './tiny-dataset.js';

describe('randomFlip', () => {
  it('swaps left and right below 0.5, and keeps the image from there on', () => {
    const image = Float32Array.of(1, 2, 3, 4, 5, 6);
    const flip = (uniform: number) => Array.from(randomFlip()(image, [2, 3, 1], scripted([uniform])));
    assert.deepEqual(flip(0.49), [3, 2, 1, 6, 5, 4]);
    assert.deepEqual(flip(0.5), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(Array.from(image), [1, 2, 3, 4, 5, 6]);
  });

  it('keeps the channels of a pixel in their order', () => {
    const flipped = randomFlip()(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3], scripted([0]));
    assert.deepEqual(Array.from(flipped), [4, 5, 6, 1, 2, 3]);
  });

  it('flips about half of the images', () => {
    const random = randomStream('flips');
    const flips = Array.from(
      { length: 1_000 },
      () => randomFlip()(Float32Array.of(0, 1), [1, 2, 1], random)[0]!,
    );
    // The standard deviation of the count is 15.8.
    assert.ok(Math.abs(flips.reduce((a, b) => a + b) - 500) < 60);
  });
});
