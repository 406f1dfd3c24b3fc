import type * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from './fill-on-heap.js';

/** Repeats a tensor along its axes, as broadcasting does, by copying runs; the stock kernel goes element by element. */
export function tile(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const x = call.inputs['x']!;
      if (x.dtype === 'string') return stock.kernelFunc(call);
      const { reps } = call.attrs as { reps: number[] };
      const outShape = x.shape.map((length, axis) => length * reps[axis]!);
      return fillOnHeap(outShape, x.dtype, [x], (output, input) => {
        if (input.length === 1) output.fill(input[0]!);
        else if (output.length > 0) repeatAxes(output, input, x.shape, reps);
      });
    },
  };
}

/** Repeats axis by axis, the last first: what is repeated grows towards the whole, in place. */
function repeatAxes(output: Float32Array, input: Float32Array, shape: number[], reps: number[]): void {
  output.set(input);
  let filled = input.length;
  let run = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const times = reps[axis]!;
    run *= shape[axis]!;
    if (times > 1) {
      // From the last run to the first, so that none is written over before it has been copied.
      for (let start = filled - run; start >= 0; start -= run) {
        const to = start * times;
        if (run === 1) {
          output.fill(output[start]!, to, to + times);
          continue;
        }
        output.copyWithin(to, start, start + run);
        for (let copy = 1; copy < times; copy++) output.copyWithin(to + copy * run, to, to + run);
      }
      filled *= times;
      run *= times;
    }
  }
}
