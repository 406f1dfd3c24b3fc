import { anObject, checkOption, UsageError } from '@flatbit/core';
import type { Augmentation } from './augmentation.js';

/**
 * Puts `padding` zeros on all four sides and cuts out an image of the old size: each of the `(2 padding + 1)^2` places is as likely.
 * @throws UsageError when `padding` is not an integer of 0 or more
 */
export function randomCrop(options: { readonly padding: number }): Augmentation {
  const { padding } = checkOption(options, 'randomCrop', anObject);
  if (!Number.isSafeInteger(padding) || padding < 0) {
    throw new UsageError(`padding is ${padding}; it takes an integer of 0 or more`);
  }
  return (image, [height, width, channels], random) => {
    const down = random.int(2 * padding + 1) - padding;
    const right = random.int(2 * padding + 1) - padding;
    const cropped = new Float32Array(image.length);
    const firstColumn = Math.max(0, -right);
    const endColumn = Math.min(width, width - right);
    for (let row = Math.max(0, -down); row < Math.min(height, height - down); row++) {
      const source = (row + down) * width + right;
      const kept = image.subarray((source + firstColumn) * channels, (source + endColumn) * channels);
      cropped.set(kept, (row * width + firstColumn) * channels);
    }
    return cropped;
  };
}
