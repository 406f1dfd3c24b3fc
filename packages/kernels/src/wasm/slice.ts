import * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from './fill-on-heap.js';

/** Cuts a box out of a tensor, run by run. The stock kernel first copies the whole tensor out of the heap. */
export function slice(stock: tf.KernelConfig): tf.KernelConfig {
  return {
    ...stock,
    kernelFunc: (call) => {
      const x = call.inputs['x']!;
      if (x.dtype === 'string') return stock.kernelFunc(call);
      const attrs = call.attrs as { begin: number | number[]; size: number | number[] };
      const box = tf.slice_util.parseSliceParams(x, attrs.begin, attrs.size);
      const [begin, size] = box as [number[], number[]];
      return fillOnHeap(size, x.dtype, [x], (output, input) => {
        copyBox(input, x.shape, begin, size, output);
      });
    },
  };
}

function copyBox(
  input: Float32Array,
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
  output: Float32Array,
): void {
  if (output.length === 0) return;
  // The axes from `inner` on are contiguous in the input: all but the first of them are taken whole.
  let inner = shape.length - 1;
  while (inner > 0 && size[inner] === shape[inner]) inner--;
  const strides = shape.map((_, axis) => tf.util.sizeFromShape(shape.slice(axis + 1)));
  const run = size[inner]! * strides[inner]!;
  let from = begin.reduce((offset, start, axis) => offset + start * strides[axis]!, 0);
  const position = new Array<number>(inner).fill(0);
  for (let to = 0; to < output.length; to += run) {
    output.set(input.subarray(from, from + run), to);
    // On to the next run, as an odometer turns.
    for (let axis = inner - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++position[axis]! < size[axis]!) break;
      from -= size[axis]! * strides[axis]!;
      position[axis] = 0;
    }
  }
}
