import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { conv2dGeometry, type Conv2DGradientAttrs } from './conv2d-geometry.js';
import { dilate } from './dilate.js';
import { flipTaps } from './flip-taps.js';
import { cropNegativeMargins } from './crop-negative-margins.js';

interface Inputs {
  /** `[batch, outHeight, outWidth, inChannels * channelMultiplier]` */
  dy: tf.Tensor4D;
  /** `[filterHeight, filterWidth, inChannels, channelMultiplier]` */
  filter: tf.Tensor4D;
}

interface Attrs extends Conv2DGradientAttrs {
  inputShape: [number, number, number, number];
}

/**
 * The gradient of a depthwise convolution's input: dy, spread out by the strides, convolved depthwise with the flipped
 * filter; then the channels that grew out of one input channel are added.
 */
export const depthwiseConv2dBackpropInput = composedKernel<Inputs, Attrs>(
  tf.DepthwiseConv2dNativeBackpropInput,
  ({ dy, filter }, attrs) => {
    const depthwise = true;
    const name = tf.DepthwiseConv2dNativeBackpropInput;
    const conv = conv2dGeometry(name, attrs.inputShape, filter.shape, attrs, depthwise);
    if (dy.size === 0) return tf.zeros(conv.inShape);
    const { filterHeight, filterWidth, strideHeight, strideWidth, outChannels, padInfo } = conv;

    const spread = dilate(dy, strideHeight, strideWidth);
    const { cropped, pad } = cropNegativeMargins(
      spread,
      [filterHeight - 1 - padInfo.top, conv.inHeight + padInfo.top - spread.shape[1]],
      [filterWidth - 1 - padInfo.left, conv.inWidth + padInfo.left - spread.shape[2]],
    );
    const flipped = flipTaps(filter).reshape<tf.Tensor4D>([filterHeight, filterWidth, outChannels, 1]);
    const perOutChannel = tf.depthwiseConv2d(cropped, flipped, 1, pad);
    const channelMultiplier = filter.shape[3];
    return channelMultiplier === 1
      ? perOutChannel
      : perOutChannel
          .reshape([...conv.inShape, channelMultiplier])
          .sum(-1)
          .reshape(conv.inShape);
  },
);
