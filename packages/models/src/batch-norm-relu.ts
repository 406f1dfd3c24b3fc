import * as tf from '@tensorflow/tfjs';
import { batchNorm } from './batch-norm.js';

/** Where {@link batchNormRelu} puts what it adds. */
export interface BatchNormReluSpec {
  readonly batchNorm: string;
  readonly relu: string;
  /** Where the ReLU ends: 6 for ReLU6; nowhere unless given. */
  readonly maxValue?: number;
}

/** Adds a batch norm and a ReLU under the two names; the shape stays as it is. */
export function batchNormRelu(input: tf.SymbolicTensor, spec: BatchNormReluSpec): tf.SymbolicTensor {
  const { relu, maxValue } = spec;
  return tf.layers
    .reLU({ name: relu, ...(maxValue !== undefined && { maxValue }) })
    .apply(batchNorm(input, spec.batchNorm)) as tf.SymbolicTensor;
}
