import { UsageError } from '@flatbit/core';
import { finite, type IdxArray } from './decode-idx.js';
import { firstStrayLabel, type ImageDataset, type ImageShape } from './image-dataset.js';
import { readIdx } from './read-idx.js';

/**
 * A data set from two IDX files, such as those of MNIST and Fashion-MNIST, plain or gzipped: images `[count, height, width]` or
 * `[count, height, width, channels]`, and integer labels `[count]`. Images of unsigned bytes stay bytes; every other type becomes float32, unscaled.
 * @throws UsageError when a file cannot be read (see {@link readIdx}), a shape is another, the counts differ, a label is not one of the
 * classes, or a double does not fit float32
 */
export function idxImages(
  imagesPath: string,
  labelsPath: string,
  { classes }: { readonly classes: number },
): ImageDataset {
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new UsageError(`classes is ${classes}; it takes a positive integer`);
  }
  const images = readIdx(imagesPath);
  const [count, height, width, channels = 1] = images.shape;
  if (images.shape.length < 3 || images.shape.length > 4 || [height, width, channels].includes(0)) {
    throw new UsageError(
      `${imagesPath} has shape [${images.shape.join(', ')}]; images take [count, height, width] or [count, height, width, channels]`,
    );
  }
  const labels = readIdx(labelsPath);
  if (labels.shape.length !== 1 || labels.type === 'float32' || labels.type === 'float64') {
    throw new UsageError(
      `${labelsPath} holds ${labels.type} values of shape [${labels.shape.join(', ')}]; labels take integers of shape [count]`,
    );
  }
  if (labels.values.length !== count) {
    throw new UsageError(
      `${imagesPath} holds ${count} images and ${labelsPath} ${labels.values.length} labels; give two files of one data set`,
    );
  }
  const stray = firstStrayLabel(labels.values, classes);
  if (stray >= 0) {
    throw new UsageError(
      `${labelsPath}: label ${stray} is ${labels.values[stray]}; with ${classes} classes a label is 0 to ${classes - 1}`,
    );
  }
  return {
    images: pixels(images, imagesPath),
    labels: labels.values instanceof Uint8Array ? labels.values : Int32Array.from(labels.values),
    count,
    shape: [height, width, channels] as ImageShape,
    classes,
  };
}

function pixels({ values, shape }: IdxArray, path: string): Float32Array | Uint8Array {
  return values instanceof Uint8Array || values instanceof Float32Array
    ? values
    : finite(Float32Array.from(values), shape, path);
}
