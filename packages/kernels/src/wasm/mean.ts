import * as tf from '@tensorflow/tfjs';
import { reducedBlock } from './reduced-block.js';

/**
 * Averages along axes that are not the last, as batch statistics and global pooling do, with the engine's average pool:
 * one fast pass, where the stock kernel transposes first. Other means stay with the stock kernel.
 */
export function mean(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const x = call.inputs['x'] as tf.Tensor;
      const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims: boolean };
      const block = reducedBlock(x, axis, keepDims);
      if (block === undefined) return stock.kernelFunc(call);
      const { outer, count, inner, outShape } = block;
      // As the cpu engine answers; the average pool takes no empty window.
      if (x.size === 0) return tf.zeros(outShape);
      return tf.tidy(() =>
        tf
          .avgPool(x.reshape<tf.Tensor4D>([outer, count, 1, inner]), [count, 1], 1, 'valid')
          .reshape(outShape),
      );
    },
  };
}
