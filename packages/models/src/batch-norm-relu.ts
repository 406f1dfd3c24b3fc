import * as tf from '@tensorflow/tfjs';

/** Adds a batch norm (epsilon 1e-5, momentum 0.9) and a ReLU under the two names; the shape stays as it is. */
export function batchNormRelu(
  input: tf.SymbolicTensor,
  names: { readonly batchNorm: string; readonly relu: string },
): tf.SymbolicTensor {
  const normalized = tf.layers
    .batchNormalization({ name: names.batchNorm, epsilon: 1e-5, momentum: 0.9 })
    .apply(input);
  return tf.layers.reLU({ name: names.relu }).apply(normalized) as tf.SymbolicTensor;
}
