import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { conv2dGeometry, type Conv2DGradientAttrs } from './conv2d-geometry.js';
import { loopedFilterGradient } from './looped-filter-gradient.js';
import { depthwiseFilterGradient } from './simd/depthwise-filter-gradient.js';

interface Inputs {
  /** `[batch, height, width, inChannels]` */
  x: tf.Tensor4D;
  /** `[batch, outHeight, outWidth, inChannels * channelMultiplier]` */
  dy: tf.Tensor4D;
}

interface Attrs extends Conv2DGradientAttrs {
  filterShape: [number, number, number, number];
}

/** The gradient of a depthwise convolution's filter, `[filterHeight, filterWidth, inChannels, channelMultiplier]`. */
export const depthwiseConv2dBackpropFilter = composedKernel<Inputs, Attrs>(
  tf.DepthwiseConv2dNativeBackpropFilter,
  ({ x, dy }, attrs) => {
    const depthwise = true;
    const name = tf.DepthwiseConv2dNativeBackpropFilter;
    const conv = conv2dGeometry(name, x.shape, attrs.filterShape, attrs, depthwise);
    return depthwiseFilterGradient(x, dy, conv) ?? loopedFilterGradient(x, dy, conv);
  },
);
