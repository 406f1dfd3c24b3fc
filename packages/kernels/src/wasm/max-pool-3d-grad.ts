import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { maxPoolGradient } from './max-pool-gradient.js';
import { pooling3d, type Pool3DAttrs } from './pooling-3d.js';

interface Inputs {
  dy: tf.Tensor5D;
  input: tf.Tensor5D;
  output: tf.Tensor5D;
}

/** The gradient of a 3D max pooling. The stock kernel loses the gradient of windows where every input is negative. */
export const maxPool3dGrad = composedKernel<Inputs, Pool3DAttrs>(
  tf.MaxPool3DGrad,
  ({ dy, input, output }, attrs) => maxPoolGradient(pooling3d(input.shape, attrs), dy, input, output),
);
