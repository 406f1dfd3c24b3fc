import type * as tf from '@tensorflow/tfjs';
import type { WasmHeap } from './fill-on-heap.js';

/**
 * Copies of a tensor share its memory, as on the other engines: TF.js makes one of everything that a gradient saves.
 * The stock kernel copies the elements.
 */
export function identity(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const { dataId, shape, dtype } = call.inputs['x']!;
      if (dtype === 'string') return stock.kernelFunc(call);
      (call.backend as WasmHeap).incRef(dataId);
      return { dataId, shape, dtype };
    },
  };
}
