import * as tf from '@tensorflow/tfjs';

/**
 * A kernel for the `wasm` engine that is written with ordinary ops. They run inside the kernel, so no tape records them,
 * and every temporary is freed when it returns.
 */
export function composedKernel<Inputs extends object, Attrs extends object>(
  kernelName: string,
  compute: (inputs: Inputs, attrs: Attrs) => tf.Tensor | tf.Tensor[],
): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    // The engine hands its kernels the tensors themselves, typed as the less that they need.
    kernelFunc: ({ inputs, attrs }) => tf.tidy(() => compute(inputs as Inputs, (attrs ?? {}) as Attrs)),
  };
}
