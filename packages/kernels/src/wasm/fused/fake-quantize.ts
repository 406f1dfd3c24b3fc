import { assembleFloatLoop } from '../simd/float-loop.js';
import { runFloatLoop } from '../simd/run-float-loop.js';
import { gridConstants, snap } from '../simd/snap.js';
import { fusedWasmKernel, numberOf } from './fused-wasm-kernel.js';
import { gridNumbers, learnedRange } from './grid-numbers.js';

const loop = assembleFloatLoop({
  inputs: ['value'],
  outputs: ['quantized'],
  constants: gridConstants,
  sums: 0,
  compute: ({ value, ...grid }, vector) => {
    const { before, level } = snap(value, grid, vector);
    return { before, outputs: { quantized: level } };
  },
});

/** Snaps values to a grid with a learned range, in one pass. */
export const fakeQuantize = fusedWasmKernel('FakeQuantize', ({ value, learned }, grid, heap) => {
  const quantized = heap.makeOutput(value.shape, 'float32');
  const range = learnedRange(numberOf(heap, learned), grid.floor);
  const arrays = [value, quantized].map((tensor) => heap.typedArrayFromHeap(tensor));
  runFloatLoop('fakeQuantize', loop, arrays, gridNumbers(grid, range));
  return [quantized];
});
