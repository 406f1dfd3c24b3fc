import * as tf from '@tensorflow/tfjs';

/** Zeros to put before and after an axis; a negative count takes elements away. */
export type Margin = readonly [before: number, after: number];

/** Images cropped where a margin is negative, and the explicit padding that a convolution of them still needs. */
export function cropNegativeMargins(
  images: tf.Tensor4D,
  rows: Margin,
  columns: Margin,
): { cropped: tf.Tensor4D; pad: tf.backend_util.ExplicitPadding } {
  const [batch, height, width, channels] = images.shape;
  const padding = ([before, after]: Margin): [number, number] => [Math.max(0, before), Math.max(0, after)];
  const begin = ([before]: Margin) => Math.max(0, -before);
  const size = (length: number, [before, after]: Margin) => length + Math.min(0, before) + Math.min(0, after);
  const croppedHeight = size(height, rows);
  const croppedWidth = size(width, columns);
  const cropped =
    croppedHeight === height && croppedWidth === width
      ? images
      : tf.slice(images, [0, begin(rows), begin(columns), 0], [batch, croppedHeight, croppedWidth, channels]);
  return { cropped, pad: [[0, 0], padding(rows), padding(columns), [0, 0]] };
}
