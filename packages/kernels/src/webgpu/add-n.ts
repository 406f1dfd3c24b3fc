import * as tf from '@tensorflow/tfjs';

/**
 * Adds any number of tensors. The stock kernel binds them all to one shader; beyond the device's limit that is an invalid
 * command, and everything that waits in the same queue is lost with it.
 */
export const addN: tf.KernelConfig = {
  kernelName: tf.AddN,
  backendName: 'webgpu',
  kernelFunc: ({ inputs }) => {
    const tensors = inputs as unknown as readonly tf.Tensor[];
    return tf.tidy(() => tensors.slice(1).reduce((sum, tensor) => sum.add(tensor), tensors[0]!.clone()));
  },
};
