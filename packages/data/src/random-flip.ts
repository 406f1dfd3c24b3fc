import type { Augmentation } from './augmentation.js';

/** Swaps left and right of every second image, by chance. */
export function randomFlip(): Augmentation {
  return (image, [height, width, channels], random) => {
    if (random.uniform() >= 0.5) {
      return image;
    }
    const flipped = new Float32Array(image.length);
    for (let pixel = 0; pixel < height * width; pixel++) {
      const column = pixel % width;
      const mirrored = pixel - column + (width - 1 - column);
      for (let channel = 0; channel < channels; channel++) {
        flipped[mirrored * channels + channel] = image[pixel * channels + channel]!;
      }
    }
    return flipped;
  };
}
