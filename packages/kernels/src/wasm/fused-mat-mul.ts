import * as tf from '@tensorflow/tfjs';
import { matrices } from './matrices.js';
import { packable } from './packable.js';

/**
 * A product with its bias and activation, as a dense layer predicts. Operands are transposed first, and the right one is kept
 * from being mistaken for another shape of the same data.
 */
export function fusedMatMul(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const { a, b, bias } = call.inputs as { a: tf.Tensor; b: tf.Tensor; bias?: tf.Tensor };
      const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
      return tf.tidy(() => {
        const inputs = {
          ...call.inputs,
          a: matrices(a, transposeA),
          b: packable(matrices(b, transposeB)),
          // The engine asks the bias's data for its rank, which is another one when the bias is a reshape: a copy knows its own.
          ...(bias && { bias: bias.reshape([-1]).mul(1) }),
        };
        const attrs = { ...call.attrs, transposeA: false, transposeB: false };
        const output = stock.kernelFunc({ inputs, attrs, backend: call.backend }) as tf.TensorInfo;
        return tf.engine().makeTensorFromTensorInfo(output);
      });
    },
  };
}
