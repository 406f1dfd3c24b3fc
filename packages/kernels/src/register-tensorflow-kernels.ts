import * as tf from '@tensorflow/tfjs';
import { registerFusedBatchNormGradients } from './fused-batch-norm-gradient.js';
import { registerReluGradient } from './relu-gradient.js';
import { customKernels } from './tensorflow/custom-kernels.js';
import { kernelsOfAnyDevice, stockKernels } from './tensorflow/stock-kernels.js';

export interface TensorflowKernelOptions {
  /** Path of the compiled ops, `flatbit_ops.node`; without it, TensorFlow's own ops do what they can. */
  readonly ops?: string | undefined;
  /** Whether the engine computes on a GPU: the compiled ops do not, and its batch norm saves other statistics. */
  readonly gpu?: boolean;
}

let registered = false;

/**
 * Gives TF.js's `tensorflow` engine kernels that do in one pass what training otherwise composes. Call it once, when the engine
 * is loaded, in Node alone; further calls do nothing.
 * @throws Error when the library is there and cannot be loaded; TensorFlow's own ops are registered then all the same.
 */
export function registerTensorflowKernels({ ops, gpu = false }: TensorflowKernelOptions = {}): void {
  if (registered) return;
  registered = true;
  for (const kernel of gpu ? kernelsOfAnyDevice : stockKernels) tf.registerKernel(kernel);
  registerReluGradient();
  registerFusedBatchNormGradients();
  if (ops === undefined || gpu) return;
  // Loading is all: it registers the ops with TensorFlow.
  process.dlopen({ exports: {} }, ops);
  for (const kernel of customKernels) {
    const { kernelName, backendName } = kernel;
    if (stockKernels.some((stock) => stock.kernelName === kernelName))
      tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel(kernel);
  }
}

declare const process: { dlopen(module: { exports: object }, path: string): void };
