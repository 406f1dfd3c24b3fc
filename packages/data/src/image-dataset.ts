import { checkOption, isRecord, UsageError, type Takes } from '@flatbit/core';

/** `[height, width, channels]`. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Images with one label each, in host memory. */
export interface ImageDataset {
  /**
   * The pixels, `[count, height, width, channels]`, row by row. Bytes are intensities of 0 to 255, which batches scale to 0 to 1; floats are
   * taken as they are.
   */
  readonly images: Float32Array | Uint8Array;
  /** The class of each image, `[count]`, from 0 to `classes - 1`. */
  readonly labels: Int32Array | Uint8Array;
  readonly count: number;
  readonly shape: ImageShape;
  readonly classes: number;
}

/** Values in one image. */
export function imageSize([height, width, channels]: ImageShape): number {
  return height * width * channels;
}

/** The position of the first label that is not one of the classes; -1 when all are. */
export function firstStrayLabel(labels: ArrayLike<number>, classes: number): number {
  return Array.prototype.findIndex.call(labels, (label: number) => label < 0 || label >= classes);
}

const aDataset: Takes = {
  words: 'images with labels: digits(), idxImages(…), or a part of what splitDataset gives',
  accepts: (value) =>
    isRecord(value) && ArrayBuffer.isView(value['images']) && ArrayBuffer.isView(value['labels']),
};

/**
 * Sees that the parts of a data set fit together.
 * @throws UsageError when the arrays are not as long as `count` and `shape` say, or a label is not one of the classes
 */
export function checkDataset(dataset: ImageDataset): void {
  const { images, labels, count, shape, classes } = checkOption(dataset, 'the data set', aDataset);
  if (images.length !== count * imageSize(shape)) {
    throw new UsageError(
      `the data set holds ${images.length} pixel values; ${count} images of [${shape.join(', ')}] take ${count * imageSize(shape)}`,
    );
  }
  if (labels.length !== count) {
    throw new UsageError(
      `the data set holds ${labels.length} labels for ${count} images; give one label per image`,
    );
  }
  const stray = firstStrayLabel(labels, classes);
  if (stray >= 0) {
    throw new UsageError(
      `label ${stray} of the data set is ${labels[stray]}; with ${classes} classes a label is 0 to ${classes - 1}`,
    );
  }
}
