import * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from './fill-on-heap.js';
import { lanes, selectLanes } from './simd/select-lanes.js';

/** Takes each float from one of two tensors, as a condition of the same shape says; other cases stay with the stock kernel. */
export function select(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const condition = call.inputs['condition']!;
      const whenTrue = call.inputs['t']!;
      const whenFalse = call.inputs['e']!;
      const sameShape = tf.util.arraysEqual(condition.shape, whenTrue.shape);
      const floats = whenTrue.dtype === 'float32' && whenFalse.dtype === 'float32';
      const run = sameShape && floats && selectLanes();
      if (!run) return stock.kernelFunc(call);
      const inputs = [condition, whenTrue, whenFalse];
      return fillOnHeap(whenTrue.shape, 'float32', inputs, (result, chosen, yes, no) => {
        const rounds = Math.floor(result.length / lanes);
        if (rounds > 0) run(chosen!.byteOffset, yes!.byteOffset, no!.byteOffset, result.byteOffset, rounds);
        for (let i = rounds * lanes; i < result.length; i++)
          result[i] = chosen![i] === 0 ? no![i]! : yes![i]!;
      });
    },
  };
}
