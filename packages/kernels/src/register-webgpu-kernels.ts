import * as tf from '@tensorflow/tfjs';
import { addN } from './webgpu/add-n.js';
import { argExtremes } from './webgpu/arg-extreme.js';
import { emptyProducts } from './webgpu/empty-products.js';
import { maxPoolGrad } from './webgpu/max-pool-grad.js';
import { reductions } from './webgpu/reductions.js';
import { softmax } from './webgpu/softmax.js';
import { unaryKernels } from './webgpu/unary-kernels.js';

/** Kernels that stand on their own. */
const kernels: readonly tf.KernelConfig[] = [addN, ...argExtremes, maxPoolGrad, softmax, ...unaryKernels];

/** Kernels made around the engine's own, which they still call. */
const wrappers: Readonly<Record<string, (stock: tf.KernelConfig) => tf.KernelConfig>> = {
  ...emptyProducts,
  ...reductions,
};

let registered = false;

/**
 * Mends what TF.js's `webgpu` engine gets wrong in training: NaN that activations hide, ties, empty tensors, sums of many
 * tensors. Call it once, before or after the engine is selected; further calls do nothing.
 * @throws Error when `@tensorflow/tfjs-backend-webgpu` has not been imported, since its own kernels are registered by that.
 */
export function registerWebgpuKernels(): void {
  if (registered) return;
  const wrapped = Object.entries(wrappers).map(([kernelName, wrap]) => {
    const stock = tf.getKernel(kernelName, 'webgpu') as tf.KernelConfig | undefined;
    if (stock === undefined) {
      throw new Error(
        `registerWebgpuKernels: the webgpu engine has no ${kernelName}; import '@tensorflow/tfjs-backend-webgpu' first`,
      );
    }
    return wrap(stock);
  });
  for (const kernel of [...kernels, ...wrapped]) {
    tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    tf.registerKernel(kernel);
  }
  registered = true;
}
