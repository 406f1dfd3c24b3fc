import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { conv2dGeometry, type Conv2DGradientAttrs } from './conv2d-geometry.js';
import { convolvedFilterGradient } from './convolved-filter-gradient.js';
import { filterGradient } from './simd/filter-gradient.js';

interface Inputs {
  /** `[batch, height, width, inChannels]` */
  x: tf.Tensor4D;
  /** `[batch, outHeight, outWidth, outChannels]` */
  dy: tf.Tensor4D;
}

interface Attrs extends Conv2DGradientAttrs {
  filterShape: [number, number, number, number];
}

/** The gradient of a convolution's filter, `[filterHeight, filterWidth, inChannels, outChannels]`. */
export const conv2dBackpropFilter = composedKernel<Inputs, Attrs>(
  tf.Conv2DBackpropFilter,
  ({ x, dy }, attrs) => {
    const conv = conv2dGeometry(tf.Conv2DBackpropFilter, x.shape, attrs.filterShape, attrs);
    if (dy.size === 0) return tf.zeros(conv.filterShape);
    return filterGradient(x, dy, conv) ?? convolvedFilterGradient(x, dy, conv);
  },
);
