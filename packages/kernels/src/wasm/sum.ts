import type * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from './fill-on-heap.js';
import { reducedBlock } from './reduced-block.js';

/**
 * Adds along axes that are not the last, as the gradient of a bias does: row by row and in double precision, where the stock
 * kernel transposes first. Other sums stay with the stock kernel.
 */
export function sum(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const x = call.inputs['x']!;
      const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims: boolean };
      const block = reducedBlock(x, axis, keepDims);
      if (block === undefined) return stock.kernelFunc(call);
      const { outer, count, inner, outShape } = block;
      return fillOnHeap(outShape, 'float32', [x], (output, input) => {
        const sums = new Float64Array(inner);
        let from = 0;
        for (let o = 0; o < outer; o++) {
          sums.fill(0);
          for (let row = 0; row < count; row++) {
            for (let i = 0; i < inner; i++) sums[i]! += input[from++]!;
          }
          output.set(sums, o * inner);
        }
      });
    },
  };
}
