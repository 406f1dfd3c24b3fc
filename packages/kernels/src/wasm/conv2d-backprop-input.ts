import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { conv2dGeometry, type Conv2DGradientAttrs } from './conv2d-geometry.js';
import { inputGradientAxis } from './input-gradient-axis.js';
import { cropNegativeMargins } from './crop-negative-margins.js';
import { phaseFilter } from './phase-filter.js';

interface Inputs {
  /** `[batch, outHeight, outWidth, outChannels]` */
  dy: tf.Tensor4D;
  /** `[filterHeight, filterWidth, inChannels, outChannels]` */
  filter: tf.Tensor4D;
}

interface Attrs extends Conv2DGradientAttrs {
  inputShape: [number, number, number, number];
}

/**
 * The gradient of a convolution's input (and a transposed convolution), as convolutions of dy with the flipped filter:
 * one for each phase of rows, while the phases of columns come out side by side, as channels. With stride 1 that is one.
 */
export const conv2dBackpropInput = composedKernel<Inputs, Attrs>(
  tf.Conv2DBackpropInput,
  ({ dy, filter }, attrs) => {
    const conv = conv2dGeometry(tf.Conv2DBackpropInput, attrs.inputShape, filter.shape, attrs);
    if (dy.size === 0) return tf.zeros(conv.inShape);
    const { batchSize, inHeight, inWidth, inChannels, padInfo } = conv;
    const rows = inputGradientAxis(
      inHeight,
      conv.filterHeight,
      conv.outHeight,
      conv.strideHeight,
      padInfo.top,
    );
    const columns = inputGradientAxis(
      inWidth,
      conv.filterWidth,
      conv.outWidth,
      conv.strideWidth,
      padInfo.left,
    );

    const transposed = tf.transpose(filter, [0, 1, 3, 2]);
    const lineSize = columns.positions * columns.stride * inChannels;
    const phaseOfRows = (phase: number): tf.Tensor2D => {
      const lines = batchSize * rows.positions;
      if (rows.taps(phase) === 0) return tf.zeros([lines, lineSize]);
      const { cropped, pad } = cropNegativeMargins(
        dy,
        rows.margin(rows.taps(phase)),
        columns.margin(columns.taps(0)),
      );
      return tf
        .conv2d(cropped, phaseFilter(transposed, rows, phase, columns), 1, pad)
        .reshape([lines, lineSize]);
    };
    const phases = Array.from({ length: rows.stride }, (_, phase) => phaseOfRows(phase));
    const covered: [number, number, number, number] = [
      batchSize,
      rows.positions * rows.stride,
      columns.positions * columns.stride,
      inChannels,
    ];
    const gradient = tf.concat(phases, 1).reshape<tf.Tensor4D>(covered);
    return covered[1] === inHeight && covered[2] === inWidth
      ? gradient
      : gradient.slice([0, rows.offset, columns.offset, 0], conv.inShape);
  },
);
