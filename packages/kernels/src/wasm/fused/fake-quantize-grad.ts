import { assembleFloatLoop } from '../simd/float-loop.js';
import { multiply, subtract } from '../simd/instructions.js';
import { partsOf, runFloatLoop } from '../simd/run-float-loop.js';
import { gridConstants, snap } from '../simd/snap.js';
import { fusedWasmKernel, numberOf, withScratch } from './fused-wasm-kernel.js';
import { gridNumbers, learnedRange } from './grid-numbers.js';

const loop = assembleFloatLoop({
  inputs: ['upstream', 'value'],
  outputs: ['toValue'],
  constants: gridConstants,
  sums: 1,
  compute: ({ upstream, value, ...grid }, vector) => {
    const { before, level, inside } = snap(value, grid, vector);
    const mask = vector();
    return {
      before: [...before, mask.set(inside)],
      outputs: { toValue: multiply(upstream, mask.value) },
      sums: [multiply(subtract(level, multiply(value, mask.value)), upstream)],
    };
  },
});

/** Gradients of the value and of the learned range, in one pass that computes the levels again. */
export const fakeQuantizeGrad = fusedWasmKernel(
  'FakeQuantizeGrad',
  ({ upstream, value, learned }, grid, heap) => {
    const toValue = heap.makeOutput(value.shape, 'float32');
    const toLearned = heap.makeOutput(learned.shape, 'float32');
    withScratch(heap, [partsOf(1)], ([parts]) => {
      const raw = numberOf(heap, learned);
      const range = learnedRange(raw, grid.floor);
      const arrays = [upstream, value, toValue].map((tensor) => heap.typedArrayFromHeap(tensor));
      const [sum] = runFloatLoop('fakeQuantizeGrad', loop, arrays, gridNumbers(grid, range), parts);
      heap.typedArrayFromHeap(toLearned)[0] = (sum! / range) * Math.sign(raw);
    });
    return [toValue, toLearned];
  },
);
