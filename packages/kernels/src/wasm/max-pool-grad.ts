import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { maxPoolGradient } from './max-pool-gradient.js';

interface Inputs {
  dy: tf.Tensor4D;
  input: tf.Tensor4D;
  output: tf.Tensor4D;
}

interface Attrs {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The gradient of a 2D max pooling. The stock kernel loses the gradient of windows where every input is negative. */
export const maxPoolGrad = composedKernel<Inputs, Attrs>(
  tf.MaxPoolGrad,
  ({ dy, input, output }, { filterSize, strides, pad, dimRoundingMode }) => {
    const noDilation = 1;
    const pool = tf.backend_util.computePool2DInfo(
      input.shape,
      filterSize,
      strides,
      noDilation,
      pad,
      dimRoundingMode,
    );
    const pooling = {
      batch: pool.batchSize,
      channels: pool.inChannels,
      input: [1, pool.inHeight, pool.inWidth],
      output: [1, pool.outHeight, pool.outWidth],
      window: [1, pool.filterHeight, pool.filterWidth],
      strides: [1, pool.strideHeight, pool.strideWidth],
      padding: [0, pool.padInfo.top, pool.padInfo.left],
    } as const;
    return maxPoolGradient(pooling, dy, input, output);
  },
);
