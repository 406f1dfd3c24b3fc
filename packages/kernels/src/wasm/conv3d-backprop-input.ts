import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { conv3dPlanes, type Conv3DGradientAttrs } from './conv3d-planes.js';

interface Inputs {
  /** `[batch, outDepth, outHeight, outWidth, outChannels]` */
  dy: tf.Tensor5D;
  /** `[filterDepth, filterHeight, filterWidth, inChannels, outChannels]` */
  filter: tf.Tensor5D;
}

interface Attrs extends Conv3DGradientAttrs {
  inputShape: [number, number, number, number, number];
}

/**
 * The gradient of a 3D convolution's input (and a transposed one), plane by plane: that of a 2D convolution for all the slices
 * of dy at once, each result added to the slice that it belongs to. The stock kernel gives wrong numbers.
 */
export const conv3dBackpropInput = composedKernel<Inputs, Attrs>(
  tf.Conv3DBackpropInputV2,
  ({ dy, filter }, attrs) => {
    const { conv, attrs: attrs2d, inputSlice } = conv3dPlanes(attrs.inputShape, filter.shape, attrs);
    const { batchSize, inHeight, inWidth, inChannels, inDepth, outDepth } = conv;
    const slices = tf.concat(tf.unstack(dy, 1));
    const inputShape = [outDepth * batchSize, inHeight, inWidth, inChannels];
    const parts = Array.from({ length: inDepth }, (): tf.Tensor[] => []);
    tf.unstack(filter).forEach((planeFilter, plane) => {
      const gradient = tf
        .engine()
        .runKernel<tf.Tensor>(
          tf.Conv2DBackpropInput,
          { dy: slices, filter: planeFilter },
          { ...attrs2d, inputShape },
        );
      tf.split(gradient, outDepth).forEach((part, index) => {
        const slice = inputSlice(plane, index);
        if (slice !== undefined) parts[slice]!.push(part);
      });
    });
    const sliceShape = [batchSize, inHeight, inWidth, inChannels];
    return tf.stack(
      parts.map((each) => (each.length === 0 ? tf.zeros(sliceShape) : tf.addN(each))),
      1,
    );
  },
);
