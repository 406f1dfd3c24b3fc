import * as tf from '@tensorflow/tfjs';
import { matrices } from './matrices.js';
import { packable } from './packable.js';

interface Inputs {
  a: tf.Tensor;
  b: tf.Tensor;
}

interface Attrs {
  transposeA: boolean;
  transposeB: boolean;
}

/** Below this many multiplications per product, taking a batch apart costs more than the stock kernel's slow loop. */
const worthTakingApart = 20_000;

/**
 * Matrix products. The stock kernel is fast for one product of operands as they lie, and a slow loop for transposed
 * operands (both gradients of a dense layer) and for batches: here operands are transposed first, and a batch is taken apart.
 */
export function batchMatMul(stock: tf.KernelConfig): tf.KernelConfig {
  const multiply = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => {
    const attrs = { transposeA: false, transposeB: false };
    const output = stock.kernelFunc({ inputs: { a, b }, attrs, backend: tf.backend() }) as tf.TensorInfo;
    return tf.engine().makeTensorFromTensorInfo(output);
  };
  return {
    ...stock,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as unknown as Inputs;
      const { transposeA, transposeB } = call.attrs as unknown as Attrs;
      return tf.tidy(() => {
        const left = matrices(a, transposeA);
        const right = matrices(b, transposeB);
        const [batch, rows, inner] = left.shape;
        const columns = right.shape[2];
        const leftOuter = a.shape.slice(0, -2);
        const rightOuter = b.shape.slice(0, -2);
        const outer = tf.broadcast_util.assertAndGetBroadcastShape(leftOuter, rightOuter);
        const outShape = [...outer, rows, columns];
        if (right.shape[0] === 1) {
          // The rows of all the left matrices are one tall matrix.
          return multiply(left.reshape([1, batch * rows, inner]), packable(right)).reshape(outShape);
        }
        if (batch === right.shape[0] && rows * inner * columns >= worthTakingApart) {
          const rights = tf.split(right, batch);
          const products = tf.split(left, batch).map((matrix, index) => multiply(matrix, rights[index]!));
          return tf.concat(products).reshape(outShape);
        }
        return multiply(
          left.reshape([...leftOuter, rows, inner]),
          right.reshape([...rightOuter, right.shape[1], columns]),
        );
      });
    },
  };
}
