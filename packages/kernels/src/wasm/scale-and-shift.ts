import * as tf from '@tensorflow/tfjs';
import { ScaleAndShift, type ScaleAndShiftInputs } from '../scale-and-shift.js';
import { composedKernel } from './composed-kernel.js';

/** Scales and shifts channels as a 1x1 depthwise convolution with a bias, which the engine does in one pass. */
export const scaleAndShiftKernel = composedKernel<ScaleAndShiftInputs, object>(
  ScaleAndShift,
  ({ x, scale, shift }) => {
    if (x.size === 0) return tf.zeros(x.shape);
    const channels = scale.shape[0];
    return tf.fused
      .depthwiseConv2d({
        x: x.reshape<tf.Tensor4D>([1, 1, -1, channels]),
        filter: scale.reshape<tf.Tensor4D>([1, 1, channels, 1]),
        bias: shift,
        strides: 1,
        pad: 'valid',
      })
      .reshape(x.shape);
  },
);
