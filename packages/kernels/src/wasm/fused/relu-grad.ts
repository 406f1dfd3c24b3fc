import { assembleFloatLoop } from '../simd/float-loop.js';
import { and, greater, multiply, zeros } from '../simd/instructions.js';
import { runFloatLoop } from '../simd/run-float-loop.js';
import { fusedWasmKernel } from './fused-wasm-kernel.js';

const loop = assembleFloatLoop({
  inputs: ['upstream', 'output'],
  outputs: ['toInput'],
  constants: ['one'],
  sums: 0,
  compute: ({ upstream, output, one }) => ({
    outputs: { toInput: multiply(upstream, and(greater(output, zeros), one)) },
  }),
});

/** The gradient of a ReLU, from its output. What is not finite upstream stays so: 0 times it is NaN. */
export const reluGrad = fusedWasmKernel('ReluGrad', ({ upstream, output }, _, heap) => {
  const toInput = heap.makeOutput(upstream.shape, 'float32');
  const arrays = [upstream, output, toInput].map((tensor) => heap.typedArrayFromHeap(tensor));
  runFloatLoop('reluGrad', loop, arrays, [1]);
  return [toInput];
});
