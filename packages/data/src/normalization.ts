import { checkOption, isRecord, UsageError } from '@flatbit/core';
import type { ImageDataset } from './image-dataset.js';

/** What batches subtract and divide by, one number per channel, in the units of a batch: bytes count as 0 to 1. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * The mean and the (biased) standard deviation of each channel over all pixels. Take them from the training part and give them to every part.
 * @throws UsageError when the data set is empty
 */
export function channelStatistics({ images, count, shape }: ImageDataset): Normalization {
  const channels = shape[2];
  const pixels = images.length / channels;
  if (count === 0) {
    throw new UsageError('an empty data set has no mean; compute the statistics of the training part');
  }
  const unit = images instanceof Uint8Array ? 255 : 1;
  const mean = new Array<number>(channels).fill(0);
  const variance = new Array<number>(channels).fill(0);
  for (let index = 0; index < images.length; index++) {
    mean[index % channels]! += images[index]! / unit / pixels;
  }
  for (let index = 0; index < images.length; index++) {
    variance[index % channels]! += (images[index]! / unit - mean[index % channels]!) ** 2 / pixels;
  }
  return { mean, std: variance.map(Math.sqrt) };
}

/**
 * Sees that statistics can normalize images of so many channels.
 * @throws UsageError when their number is another, one is not finite, or a standard deviation is not above zero
 */
export function checkNormalization(normalize: Normalization, channels: number): void {
  const { mean, std } = checkOption(normalize, 'normalize', {
    words: '{ mean, std }, a list of numbers each, such as channelStatistics(train)',
    accepts: (value) => isRecord(value) && Array.isArray(value['mean']) && Array.isArray(value['std']),
  });
  if (mean.length !== channels || std.length !== channels) {
    throw new UsageError(
      `normalize has ${mean.length} means and ${std.length} standard deviations; images of ${channels} channels take ${channels} of each`,
    );
  }
  for (let channel = 0; channel < channels; channel++) {
    if (!Number.isFinite(mean[channel]) || !Number.isFinite(std[channel]) || std[channel]! <= 0) {
      throw new UsageError(
        `normalize has mean ${mean[channel]} and std ${std[channel]} for channel ${channel}; give finite numbers, std above 0 (a constant channel takes 1)`,
      );
    }
  }
}
