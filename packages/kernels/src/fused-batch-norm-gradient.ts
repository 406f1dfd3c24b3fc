import * as tf from '@tensorflow/tfjs';
import { fusedKernel, fusedKernelName, type Activation } from './fused-kernels.js';

/** The gradient of the fused batch norm, one kernel for all three inputs; none flows through mean and variance. */
const fusedBatchNormGradient: tf.GradConfig = {
  kernelName: fusedKernelName('BatchNorm'),
  inputsToSave: ['x', 'scale', 'offset'],
  outputsToSave: [false, true, true],
  gradFunc: (dy, saved, attributes) => {
    const [upstream] = dy as tf.Tensor[];
    const [x, scale, offset, mean, variance] = saved as [tf.Tensor, ...Vectors];
    const gradients = fusedKernel('BatchNormGrad')!(
      { upstream: upstream!, x, scale, offset, mean, variance },
      attributes as unknown as Activation & { epsilon: number },
    );
    return { x: () => gradients[0], scale: () => gradients[1], offset: () => gradients[2] };
  },
};

type Vectors = [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];

/** Registers it with TF.js, once; for engines that have the kernel. */
export function registerFusedBatchNormGradient(): void {
  if ((tf.getGradient(fusedBatchNormGradient.kernelName) as tf.GradConfig | undefined) !== undefined) return;
  tf.registerGradient(fusedBatchNormGradient);
}
