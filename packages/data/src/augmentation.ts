import type { ImageShape } from './image-dataset.js';
import type { RandomStream } from './random-stream.js';

/**
 * Changes one training image at random: takes the pixels, `[height, width, channels]` row by row before normalization, and returns as many,
 * leaving what it was given as it is. All chance comes from the stream, which belongs to this example in this epoch.
 */
export type Augmentation = (image: Float32Array, shape: ImageShape, random: RandomStream) => Float32Array;
