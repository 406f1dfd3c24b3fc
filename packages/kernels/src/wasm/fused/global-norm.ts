import { fusedWasmKernel } from './fused-wasm-kernel.js';

/** The L2 norm of all tensors together, in double precision: squares of small gradients would vanish in single. */
export const globalNorm = fusedWasmKernel('GlobalNorm', ({ tensors }, _, heap) => {
  const norm = heap.makeOutput([], 'float32');
  const squares = tensors.map((tensor) => {
    const values = heap.typedArrayFromHeap(tensor);
    const { length } = values;
    // By index: the engine's arrays are iterated over ten times slower.
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[i]! * values[i]!;
    return sum;
  });
  heap.typedArrayFromHeap(norm)[0] = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  return [norm];
});
