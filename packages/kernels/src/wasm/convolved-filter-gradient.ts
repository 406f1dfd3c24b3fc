import * as tf from '@tensorflow/tfjs';

/**
 * The gradient of a convolution's filter as one convolution: of x by dy, summing over the batch as over channels.
 *
 *     dW[i, j, c, o] = Σ_{b, u, v} x[b, u·strideHeight + i - top, v·strideWidth + j - left, c] · dy[b, u, v, o]
 *
 * With x laid out as one image `[1, height, width·inChannels, batch]`, a column (j, c) is one position, a step in v is a
 * dilation of strideWidth·inChannels, and what comes out is dW in its own layout.
 */
export function convolvedFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  conv: tf.backend_util.Conv2DInfo,
): tf.Tensor {
  const { batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, outChannels } = conv;
  const { strideHeight, strideWidth, outHeight, outWidth, padInfo } = conv;
  const image = tf.transpose(x.reshape([batchSize, inHeight * inWidth * inChannels]));
  const filter = tf.transpose(dy, [1, 2, 0, 3]);
  // What the last position of dy reads past the end of x; where it reads less, the surplus is cut off below.
  const bottom = (outHeight - 1) * strideHeight + filterHeight - inHeight - padInfo.top;
  const right = (outWidth - 1) * strideWidth + filterWidth - inWidth - padInfo.left;
  const gradient = tf.conv2d(
    image.reshape<tf.Tensor4D>([1, inHeight, inWidth * inChannels, batchSize]),
    filter,
    1,
    [
      [0, 0],
      [padInfo.top, Math.max(0, bottom)],
      [padInfo.left * inChannels, Math.max(0, right) * inChannels],
      [0, 0],
    ],
    'NHWC',
    [strideHeight, strideWidth * inChannels],
  );
  return gradient
    .slice([0, 0, 0, 0], [1, filterHeight, filterWidth * inChannels, outChannels])
    .reshape(conv.filterShape);
}
