import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';

/** Takes a tensor apart along an axis, as a recurrent layer does with its time steps, with this package's slices. */
export const unpack = composedKernel<{ value: tf.Tensor }, { axis: number }>(
  tf.Unpack,
  ({ value }, { axis }) => {
    const along = axis < 0 ? axis + value.rank : axis;
    const begin = value.shape.map(() => 0);
    const size = value.shape.map((whole, each) => (each === along ? 1 : whole));
    const partShape = value.shape.filter((_, each) => each !== along);
    return Array.from({ length: value.shape[along]! }, (_, index) => {
      begin[along] = index;
      return tf.slice(value, begin, size).reshape(partShape);
    });
  },
);
