import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { conv3dPlanes, type Conv3DGradientAttrs } from './conv3d-planes.js';

interface Inputs {
  /** `[batch, depth, height, width, inChannels]` */
  x: tf.Tensor5D;
  /** `[batch, outDepth, outHeight, outWidth, outChannels]` */
  dy: tf.Tensor5D;
}

interface Attrs extends Conv3DGradientAttrs {
  filterShape: [number, number, number, number, number];
}

/**
 * The gradient of a 3D convolution's filter, plane by plane: that of a 2D convolution whose batch is all the slices that the
 * plane reads. The stock kernel gives wrong numbers when it strides.
 */
export const conv3dBackpropFilter = composedKernel<Inputs, Attrs>(
  tf.Conv3DBackpropFilterV2,
  ({ x, dy }, attrs) => {
    const { conv, attrs: attrs2d, inputSlice } = conv3dPlanes(x.shape, attrs.filterShape, attrs);
    const inputs = tf.unstack(x, 1);
    const outputs = tf.unstack(dy, 1);
    const [, ...filterShape] = attrs.filterShape;
    const planes = Array.from({ length: conv.filterDepth }, (_, plane) => {
      const pairs = outputs.flatMap((output, index) => {
        const slice = inputSlice(plane, index);
        return slice === undefined ? [] : [{ input: inputs[slice]!, output }];
      });
      if (pairs.length === 0) return tf.zeros(filterShape);
      return tf.engine().runKernel<tf.Tensor>(
        tf.Conv2DBackpropFilter,
        {
          x: tf.concat(pairs.map(({ input }) => input)),
          dy: tf.concat(pairs.map(({ output }) => output)),
        },
        { ...attrs2d, filterShape },
      );
    });
    return tf.stack(planes);
  },
);
