import assert from 'node:assert/strict';
import { channelStatistics, type ImageDataset } from '@flatbit/data';

const twoPixels = { labels: Uint8Array.of(0), count: 1, shape: [1, 2, 2], classes: 1 } as const;

describe('channelStatistics', () => {
  it('is the mean and the biased standard deviation of each channel', () => {
    // Channel 0: 1 and 3, mean 2, deviation 1. Channel 1: 10 and 40, mean 25, deviation 15.
    const dataset: ImageDataset = { ...twoPixels, images: Float32Array.of(1, 10, 3, 40) };
    assert.deepEqual(channelStatistics(dataset), { mean: [2, 25], std: [1, 15] });
  });

  it('counts bytes as 0 to 1', () => {
    // Channel 0: 0 and 1, mean 0.5, deviation 0.5. Channel 1: 0.2 and 0.2, deviation 0.
    const dataset: ImageDataset = { ...twoPixels, images: Uint8Array.of(0, 51, 255, 51) };
    assert.deepEqual(channelStatistics(dataset), { mean: [0.5, 0.2], std: [0.5, 0] });
  });

  it('goes over all images', () => {
    const dataset: ImageDataset = {
      images: Float32Array.of(0, 0, 0, 8),
      labels: Uint8Array.of(0, 0),
      count: 2,
      shape: [2, 1, 1],
      classes: 1,
    };
    // Mean 2; squared distances 4, 4, 4, 36, mean 12.
    assert.deepEqual(channelStatistics(dataset), { mean: [2], std: [Math.sqrt(12)] });
  });

  it('refuses an empty data set', () => {
    const empty = { ...twoPixels, images: new Uint8Array(), labels: new Uint8Array(), count: 0 };
    assert.throws(() => channelStatistics(empty), {
      name: 'UsageError',
      message: 'an empty data set has no mean; compute the statistics of the training part',
    });
  });
});
