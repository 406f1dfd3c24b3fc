import { assembleFloatLoop } from '../simd/float-loop.js';
import { and, greater, zeros } from '../simd/instructions.js';
import { runFloatLoop } from '../simd/run-float-loop.js';
import { fusedWasmKernel } from './fused-wasm-kernel.js';

const loop = assembleFloatLoop({
  inputs: ['upstream', 'output'],
  outputs: ['toInput'],
  constants: [],
  sums: 0,
  compute: ({ upstream, output }) => ({ outputs: { toInput: and(upstream, greater(output, zeros)) } }),
});

/** The gradient of a ReLU, from its output. */
export const reluGrad = fusedWasmKernel('ReluGrad', ({ upstream, output }, _, heap) => {
  const toInput = heap.makeOutput(upstream.shape, 'float32');
  const arrays = [upstream, output, toInput].map((tensor) => heap.typedArrayFromHeap(tensor));
  runFloatLoop('reluGrad', loop, arrays, []);
  return [toInput];
});
