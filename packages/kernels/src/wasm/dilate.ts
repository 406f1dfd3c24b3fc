import type * as tf from '@tensorflow/tfjs';

/**
 * Spreads images out: every element is followed by strideWidth - 1 zeros, every row by strideHeight - 1 rows of zeros.
 * `[batch, height, width, channels]` → `[batch, height * strideHeight, width * strideWidth, channels]`
 */
export function dilate(images: tf.Tensor4D, strideHeight: number, strideWidth: number): tf.Tensor4D {
  if (strideHeight === 1 && strideWidth === 1) return images;
  const [batch, height, width, channels] = images.shape;
  // Zeros after an element are more channels, zeros after a row are a wider row.
  const rowSize = width * strideWidth * channels;
  return images
    .reshape<tf.Tensor2D>([batch * height * width, channels])
    .pad([
      [0, 0],
      [0, (strideWidth - 1) * channels],
    ])
    .reshape<tf.Tensor2D>([batch * height, rowSize])
    .pad([
      [0, 0],
      [0, (strideHeight - 1) * rowSize],
    ])
    .reshape([batch, height * strideHeight, width * strideWidth, channels]);
}
