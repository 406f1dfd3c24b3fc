import type * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from './fill-on-heap.js';

/** A filter `[filterHeight, filterWidth, …, …]` turned by half a turn: its taps in the opposite order. */
export function flipTaps(filter: tf.Tensor4D): tf.Tensor4D {
  const tapSize = filter.shape[2] * filter.shape[3];
  return fillOnHeap<tf.Rank.R4>(filter.shape, 'float32', [filter], (output, input) => {
    for (let from = 0, to = input.length - tapSize; to >= 0; from += tapSize, to -= tapSize) {
      output.set(input.subarray(from, from + tapSize), to);
    }
  });
}
