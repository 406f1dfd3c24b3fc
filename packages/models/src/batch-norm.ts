import * as tf from '@tensorflow/tfjs';

/** Adds a batch norm (epsilon 1e-5, momentum 0.9); the shape stays as it is. */
export function batchNorm(input: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return tf.layers
    .batchNormalization({ name, epsilon: 1e-5, momentum: 0.9 })
    .apply(input) as tf.SymbolicTensor;
}
