import type * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from './fill-on-heap.js';
import { visitWindows, type Pooling } from './visit-windows.js';

/** The gradient of a max pooling's input: each output's gradient goes to the first input of its window that is the maximum. */
export function maxPoolGradient(
  pooling: Pooling,
  dy: tf.Tensor,
  input: tf.Tensor,
  output: tf.Tensor,
): tf.Tensor {
  const { channels } = pooling;
  return fillOnHeap(input.shape, 'float32', [dy, input, output], (dx, gradient, values, maxima) => {
    dx.fill(0);
    const given = new Uint8Array(maxima.length);
    visitWindows(pooling, (outputAt, inputAt) => {
      for (let c = 0; c < channels; c++) {
        const o = outputAt + c;
        const i = inputAt + c;
        if (values[i] === maxima[o] && given[o] === 0) {
          dx[i]! += gradient[o]!;
          given[o] = 1;
        }
      }
    });
  });
}
