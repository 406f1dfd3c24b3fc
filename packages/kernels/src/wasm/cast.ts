import type * as tf from '@tensorflow/tfjs';
import type { WasmHeap } from './fill-on-heap.js';

/**
 * A cast to the dtype that a tensor has shares its memory, as on the other engines: TF.js casts every gradient that passes an
 * addition. The stock kernel copies the elements.
 */
export function cast(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const { dataId, shape, dtype } = call.inputs['x']!;
      if (dtype === 'string' || dtype !== (call.attrs as { dtype?: tf.DataType }).dtype)
        return stock.kernelFunc(call);
      (call.backend as WasmHeap).incRef(dataId);
      return { dataId, shape, dtype };
    },
  };
}
