import * as tf from '@tensorflow/tfjs';
import { registerFusedBatchNormGradient } from './fused-batch-norm-gradient.js';
import { registerReluGradient } from './relu-gradient.js';
import { customKernels } from './tensorflow/custom-kernels.js';
import { stockKernels } from './tensorflow/stock-kernels.js';

export interface TensorflowKernelOptions {
  /** Path of the compiled ops, `flatbit_ops.node`; without it, TensorFlow's own ops do what they can. */
  readonly ops?: string | undefined;
}

let registered = false;

/**
 * Gives TF.js's `tensorflow` engine kernels that do in one pass what training otherwise composes. Call it once, when the engine
 * is loaded, in Node alone; further calls do nothing.
 * @throws Error when the library is there and cannot be loaded; TensorFlow's own ops are registered then all the same.
 */
export function registerTensorflowKernels({ ops }: TensorflowKernelOptions = {}): void {
  if (registered) return;
  registered = true;
  for (const kernel of stockKernels) tf.registerKernel(kernel);
  registerReluGradient();
  if (ops === undefined) return;
  // Loading is all: it registers the ops with TensorFlow.
  process.dlopen({ exports: {} }, ops);
  for (const kernel of customKernels) tf.registerKernel(kernel);
  registerFusedBatchNormGradient();
}

declare const process: { dlopen(module: { exports: object }, path: string): void };
