import { assembleFloatLoop } from '../simd/float-loop.js';
import { add, divide, multiply, subtract } from '../simd/instructions.js';
import { runFloatLoop } from '../simd/run-float-loop.js';
import { gridConstants, snap } from '../simd/snap.js';
import { fusedWasmKernel, numberOf } from './fused-wasm-kernel.js';
import { gridNumbers, learnedRange } from './grid-numbers.js';
import { weightStatistics } from './weight-statistics.js';

const loop = assembleFloatLoop({
  inputs: ['weight'],
  outputs: ['quantized'],
  constants: [...gridConstants, 'mean', 'deviation', 'scale', 'back'],
  sums: 0,
  compute: ({ weight, mean, deviation, scale, back, ...grid }, vector) => {
    const { before, level } = snap(divide(subtract(weight, mean), deviation), grid, vector);
    return { before, outputs: { quantized: add(multiply(level, scale), back) } };
  },
});

/** Snaps a weight, standardised by its own mean and deviation, to a grid with a learned range, and brings it back. */
export const standardizedFakeQuantize = fusedWasmKernel(
  'StandardizedFakeQuantize',
  ({ weight, learned }, { rescale, ...grid }, heap) => {
    const quantized = heap.makeOutput(weight.shape, 'float32');
    const statistics = heap.makeOutput([2], 'float32');
    const values = heap.typedArrayFromHeap(weight);
    const { mean, deviation } = weightStatistics(values, grid.floor);
    heap.typedArrayFromHeap(statistics).set([mean, deviation]);
    const range = learnedRange(numberOf(heap, learned), grid.floor);
    const [scale, back] = rescale ? [deviation, mean] : [1, 0];
    runFloatLoop(
      'standardizedFakeQuantize',
      loop,
      [values, heap.typedArrayFromHeap(quantized)],
      [...gridNumbers(grid, range), mean, deviation, scale, back],
    );
    return [quantized, statistics];
  },
);
