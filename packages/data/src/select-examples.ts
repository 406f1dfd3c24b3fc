import { imageSize, type ImageDataset } from './image-dataset.js';

/** A data set of its own with the examples at these indices, in this order. */
export function selectExamples(dataset: ImageDataset, indices: ArrayLike<number>): ImageDataset {
  const { images, labels, shape } = dataset;
  const size = imageSize(shape);
  const count = indices.length;
  const selectedImages =
    images instanceof Uint8Array ? new Uint8Array(count * size) : new Float32Array(count * size);
  const selectedLabels = labels instanceof Uint8Array ? new Uint8Array(count) : new Int32Array(count);
  for (let position = 0; position < count; position++) {
    const index = indices[position]!;
    selectedImages.set(images.subarray(index * size, (index + 1) * size), position * size);
    selectedLabels[position] = labels[index]!;
  }
  return { ...dataset, images: selectedImages, labels: selectedLabels, count };
}
