import {
  aFunction,
  aList,
  anObject,
  checkOption,
  UsageError,
  type Batch,
  type BatchSource,
  type SourcePosition,
} from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import type { Augmentation } from './augmentation.js';
import { checkDataset, imageSize, type ImageDataset } from './image-dataset.js';
import { checkNormalization, type Normalization } from './normalization.js';
import { randomStream } from './random-stream.js';

/** Options of {@link batchSource}. */
export interface BatchSourceOptions {
  /** Examples in a batch; the last one of an epoch may be smaller. */
  readonly batchSize: number;
  /** Decides order and augmentation; 0 unless given. */
  readonly seed?: number;
  /** Another order in every epoch, instead of the data set's; true unless given. */
  readonly shuffle?: boolean;
  /** Applied to each example, one after the other, before normalization. */
  readonly augment?: readonly Augmentation[];
  /** Subtracted and divided by, per channel. */
  readonly normalize?: Normalization;
  /** Leaves out the last batch of an epoch when it is smaller; false unless given. */
  readonly dropRemainder?: boolean;
}

/** A source whose batches are there at once. */
export interface ImageBatchSource extends BatchSource {
  batches(from: SourcePosition): Iterable<Batch>;
}

/**
 * Batches of images and labels: inputs `[float32 [batch, height, width, channels]]`, targets `[int32 [batch]]`, two tensors each, which
 * the consumer disposes. `batches` gives one epoch, from the given step to its end.
 *
 * What a batch holds depends on the seed, the epoch and the step alone, so a run resumed at a step sees what it would have seen; how an example
 * is augmented depends on the seed, the epoch and its place in the data set, whatever else is in its batch.
 * @throws UsageError when the data set is empty or its parts do not fit, an option is out of range, no batch would remain, or a position lies
 * outside the epoch
 */
export function batchSource(dataset: ImageDataset, options: BatchSourceOptions): ImageBatchSource {
  checkDataset(dataset);
  const { count, shape, labels } = dataset;
  const {
    batchSize,
    seed = 0,
    shuffle = true,
    augment = [],
    normalize,
    dropRemainder = false,
  } = checkOption(options, 'batchSource, options', anObject);
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new UsageError(`batchSize is ${batchSize}; it takes a positive integer`);
  }
  checkOption(augment, 'augment', { ...aList, words: 'a list, such as [randomFlip()]' });
  for (const [index, change] of augment.entries()) checkOption(change, `augment[${index}]`, aFunction);
  if (normalize !== undefined) {
    checkNormalization(normalize, shape[2]);
  }
  const stepsPerEpoch = dropRemainder ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);
  if (stepsPerEpoch === 0) {
    throw new UsageError(
      `${count} examples make no batch of ${batchSize}; give more examples or a smaller batchSize`,
    );
  }
  const size = imageSize(shape);

  /** One example as it goes into a batch, but for the normalization. */
  function augmented(epoch: number, index: number): Float32Array {
    let image = pixelsOf(dataset, index);
    if (augment.length > 0) {
      const random = randomStream(seed, 'augment', epoch, index);
      for (const [position, change] of augment.entries()) {
        image = change(image, shape, random);
        if (image.length !== size) {
          throw new UsageError(
            `augment[${position}] returned ${image.length} values for an image of ${size}`,
          );
        }
      }
    }
    return image;
  }

  function batchOf(epoch: number, indices: Uint32Array): Batch {
    const pixels = new Float32Array(indices.length * size);
    indices.forEach((index, position) => pixels.set(augmented(epoch, index), position * size));
    if (normalize) {
      normalizeInPlace(pixels, normalize);
    }
    const classes = Int32Array.from(indices, (index) => labels[index]!);
    return {
      inputs: [tf.tensor4d(pixels, [indices.length, ...shape])],
      targets: [tf.tensor1d(classes, 'int32')],
      size: indices.length,
    };
  }

  function* epochFrom(epoch: number, firstStep: number): Generator<Batch> {
    const order = Uint32Array.from({ length: count }, (_, index) => index);
    if (shuffle) {
      randomStream(seed, 'shuffle', epoch).shuffle(order);
    }
    for (let step = firstStep; step < stepsPerEpoch; step++) {
      yield batchOf(epoch, order.subarray(step * batchSize, (step + 1) * batchSize));
    }
  }

  return {
    examples: Math.min(count, stepsPerEpoch * batchSize),
    stepsPerEpoch,
    batches({ epoch, step = 0 }) {
      if (!Number.isSafeInteger(epoch) || epoch < 0) {
        throw new UsageError(`epoch is ${epoch}; it takes an integer of 0 or more`);
      }
      if (!Number.isSafeInteger(step) || step < 0 || step > stepsPerEpoch) {
        throw new UsageError(
          `step is ${step}; an epoch of this source begins at a step from 0 to ${stepsPerEpoch}`,
        );
      }
      return epochFrom(epoch, step);
    },
  };
}

/** The pixels of one image as floats of their own, bytes scaled to 0 to 1. */
function pixelsOf({ images, shape }: ImageDataset, index: number): Float32Array {
  const size = imageSize(shape);
  const pixels = Float32Array.from(images.subarray(index * size, (index + 1) * size));
  if (images instanceof Uint8Array) {
    pixels.forEach((byte, position) => (pixels[position] = byte / 255));
  }
  return pixels;
}

function normalizeInPlace(pixels: Float32Array, { mean, std }: Normalization): void {
  const channels = mean.length;
  for (let index = 0; index < pixels.length; index++) {
    pixels[index] = (pixels[index]! - mean[index % channels]!) / std[index % channels]!;
  }
}
