import { assembleFloatLoop } from '../simd/float-loop.js';
import { divide, multiply, subtract } from '../simd/instructions.js';
import { partsOf, runFloatLoop } from '../simd/run-float-loop.js';
import { gridConstants, snap } from '../simd/snap.js';
import { fusedWasmKernel, numberOf, withScratch } from './fused-wasm-kernel.js';
import { gridNumbers, learnedRange } from './grid-numbers.js';

const loop = assembleFloatLoop({
  inputs: ['upstream', 'weight'],
  outputs: ['toWeight'],
  constants: [...gridConstants, 'mean', 'deviation', 'scale'],
  sums: 1,
  compute: ({ upstream, weight, mean, deviation, scale, ...grid }, vector) => {
    const [normalized, gradient, mask] = [vector(), vector(), vector()];
    const { before, level, inside } = snap(normalized.value, grid, vector);
    return {
      before: [
        normalized.set(divide(subtract(weight, mean), deviation)),
        gradient.set(multiply(upstream, scale)),
        ...before,
        mask.set(inside),
      ],
      outputs: { toWeight: divide(multiply(gradient.value, mask.value), deviation) },
      sums: [multiply(subtract(level, multiply(normalized.value, mask.value)), gradient.value)],
    };
  },
});

/** Gradients of the weight and of the learned range, in one pass; mean and deviation are constants. */
export const standardizedFakeQuantizeGrad = fusedWasmKernel(
  'StandardizedFakeQuantizeGrad',
  ({ upstream, weight, learned, statistics }, { rescale, ...grid }, heap) => {
    const toWeight = heap.makeOutput(weight.shape, 'float32');
    const toLearned = heap.makeOutput(learned.shape, 'float32');
    withScratch(heap, [partsOf(1)], ([parts]) => {
      const raw = numberOf(heap, learned);
      const range = learnedRange(raw, grid.floor);
      const [mean, deviation] = heap.typedArrayFromHeap(statistics);
      const [sum] = runFloatLoop(
        'standardizedFakeQuantizeGrad',
        loop,
        [upstream, weight, toWeight].map((tensor) => heap.typedArrayFromHeap(tensor)),
        [...gridNumbers(grid, range), mean!, deviation!, rescale ? deviation! : 1],
        parts,
      );
      heap.typedArrayFromHeap(toLearned)[0] = (sum! / range) * Math.sign(raw);
    });
    return [toWeight, toLearned];
  },
);
