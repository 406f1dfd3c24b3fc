import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';

/** Splits a tensor along an axis, as the gradient of a concatenation does, with this package's slices. */
export const split = composedKernel<{ x: tf.Tensor }, { numOrSizeSplits: number | number[]; axis: number }>(
  tf.SplitV,
  ({ x }, { numOrSizeSplits, axis }) => {
    const [along] = tf.util.parseAxisParam(axis, x.shape) as [number];
    let start = 0;
    return tf.backend_util.prepareSplitSize(x, numOrSizeSplits, along).map((length) => {
      const begin = x.shape.map((_, each) => (each === along ? start : 0));
      const size = x.shape.map((whole, each) => (each === along ? length : whole));
      start += length;
      return tf.slice(x, begin, size);
    });
  },
);
