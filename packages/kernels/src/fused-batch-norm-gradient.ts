import * as tf from '@tensorflow/tfjs';
import { fusedKernel, fusedKernelName, type Activation } from './fused-kernels.js';

/** The gradient of a fused batch norm, one kernel for all three inputs; none flows through mean and variance. */
const gradientOf = (name: 'BatchNorm' | 'ActivatedBatchNorm'): tf.GradConfig => ({
  kernelName: fusedKernelName(name),
  inputsToSave: ['x', 'scale', 'offset'],
  outputsToSave: [false, true, true],
  gradFunc: (dy, saved, attributes) => {
    const [upstream] = dy as tf.Tensor[];
    const [x, scale, offset, mean, variance] = saved as [tf.Tensor, ...Vectors];
    const gradients = fusedKernel(`${name}Grad`)!(
      { upstream: upstream!, x, scale, offset, mean, variance },
      attributes as unknown as Activation & { epsilon: number },
    );
    return { x: () => gradients[0], scale: () => gradients[1], offset: () => gradients[2] };
  },
});

type Vectors = [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];

let registered = false;

/** Registers them with TF.js, once; for engines that have the kernels. */
export function registerFusedBatchNormGradients(): void {
  if (registered) return;
  registered = true;
  tf.registerGradient(gradientOf('BatchNorm'));
  tf.registerGradient(gradientOf('ActivatedBatchNorm'));
}
