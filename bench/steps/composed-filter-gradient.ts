import * as tf from '@tensorflow/tfjs';

interface Attrs {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly filterShape: [number, number, number, number];
}

/**
 * The kernel without which stock layers cannot train a convolution on `wasm`, written as a user would compose it: with
 * channels and batch exchanged, the filter's gradient is the convolution of x by dy, dilated by the strides.
 */
export const composedFilterGradient: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropFilter,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs }) => {
    const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const { strides, pad, filterShape } = attrs as unknown as Attrs;
    const { padInfo, strideHeight, strideWidth, outHeight, outWidth } = tf.backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      strides,
      1,
      pad,
    );
    const [height, width] = filterShape;
    // What the last position of dy reads past the end of x.
    const bottom = (outHeight - 1) * strideHeight + height - x.shape[1] - padInfo.top;
    const right = (outWidth - 1) * strideWidth + width - x.shape[2] - padInfo.left;
    return tf.tidy(() => {
      const padded = tf.pad4d(tf.slice4d(x, [0, 0, 0, 0], read(x, bottom, right)), [
        [0, 0],
        [padInfo.top, Math.max(0, bottom)],
        [padInfo.left, Math.max(0, right)],
        [0, 0],
      ]);
      const gradient = tf.conv2d(
        tf.transpose(padded, [3, 1, 2, 0]),
        tf.transpose(dy, [1, 2, 0, 3]),
        1,
        'valid',
        'NHWC',
        [strideHeight, strideWidth],
      );
      return tf.transpose(gradient, [1, 2, 0, 3]);
    });
  },
};

/** Where dy reads less than x holds, the surplus is cut off. */
function read(x: tf.Tensor4D, bottom: number, right: number): [number, number, number, number] {
  return [-1, x.shape[1] + Math.min(0, bottom), x.shape[2] + Math.min(0, right), -1];
}
