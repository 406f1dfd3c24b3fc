import type * as tf from '@tensorflow/tfjs';
import { fusedKernelName } from '../fused-kernels.js';
import { execute, typeAttribute } from './execute.js';
import { flattenedSgd } from './flattened-sgd.js';
import { stockBatchNorm, stockBatchNormGrad } from './stock-batch-norm.js';

/** `ReluGrad` takes its mask from the output, in one pass. */
const reluGrad: tf.KernelConfig = {
  kernelName: fusedKernelName('ReluGrad'),
  backendName: 'tensorflow',
  kernelFunc: ({ inputs: { upstream, output } }) =>
    execute('ReluGrad', [typeAttribute()], [upstream!, output!], 1),
};

/** Losses, and the gradient that the forward pass has computed along with them. */
const softmaxCrossEntropy: tf.KernelConfig = {
  kernelName: fusedKernelName('SoftmaxCrossEntropy'),
  backendName: 'tensorflow',
  kernelFunc: ({ inputs: { logits, labels } }) =>
    execute(
      'SparseSoftmaxCrossEntropyWithLogits',
      [typeAttribute(), typeAttribute('TF_INT32', 'Tlabels')],
      [logits!, labels!],
      2,
    ),
};

/** Those that mean the same on a GPU. */
export const kernelsOfAnyDevice: readonly tf.KernelConfig[] = [flattenedSgd, reluGrad, softmaxCrossEntropy];

/** Kernels that are ops of TensorFlow's own, on the processor. */
export const stockKernels: readonly tf.KernelConfig[] = [
  ...kernelsOfAnyDevice,
  stockBatchNorm,
  stockBatchNormGrad,
];
