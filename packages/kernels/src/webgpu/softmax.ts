import * as tf from '@tensorflow/tfjs';

/**
 * Softmax along the last axis. Of a row that holds NaN the stock shader makes zeros beside the NaN; here, as on the cpu
 * engine, the whole row is NaN.
 */
export const softmax: tf.KernelConfig = {
  kernelName: tf.Softmax,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, attrs }) => {
    const logits = inputs['logits'] as tf.Tensor;
    const { dim } = attrs as { dim: number };
    return tf.tidy(() => {
      const exponentials = logits.sub(logits.max(dim, true)).exp();
      return exponentials.div(exponentials.sum(dim, true));
    });
  },
};
