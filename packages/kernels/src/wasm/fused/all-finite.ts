import { assembleFloatLoop } from '../simd/float-loop.js';
import { multiply, zeros } from '../simd/instructions.js';
import { partsOf, runFloatLoop } from '../simd/run-float-loop.js';
import { fusedWasmKernel, withScratch } from './fused-wasm-kernel.js';

/** Σ 0 · x: 0, or NaN where an x is not finite. */
const loop = assembleFloatLoop({
  inputs: ['x'],
  outputs: [],
  constants: [],
  sums: 1,
  compute: ({ x }) => ({ outputs: {}, sums: [multiply(x, zeros)] }),
});

/** Whether no element of any tensor is NaN or infinite. */
export const allFinite = fusedWasmKernel('AllFinite', ({ tensors }, _, heap) => {
  const finite = heap.makeOutput([], 'bool');
  withScratch(heap, [partsOf(1)], ([parts]) => {
    const isFinite = tensors.every((tensor) => {
      const [sum] = runFloatLoop('allFinite', loop, [heap.typedArrayFromHeap(tensor)], [], parts);
      return sum === 0;
    });
    heap.typedArrayFromHeap(finite)[0] = Number(isFinite);
  });
  return [finite];
});
