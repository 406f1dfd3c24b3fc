import { assembleFloatLoop } from '../simd/float-loop.js';
import { add, multiply } from '../simd/instructions.js';
import { runFloatLoop } from '../simd/run-float-loop.js';
import { fusedWasmKernel, numberOf } from './fused-wasm-kernel.js';

const loop = assembleFloatLoop({
  inputs: ['tensor', 'other'],
  outputs: ['blended'],
  constants: ['keep', 'take'],
  sums: 0,
  compute: ({ tensor, other, keep, take }) => ({
    outputs: { blended: add(multiply(tensor, keep), multiply(other, take)) },
  }),
});

/** `tensors * keep + others * take`, pair by pair; the tensors as they are where the step was not healthy. */
export const blend = fusedWasmKernel('Blend', ({ healthy, tensors, others }, { keep, take }, heap) => {
  const blended = tensors.map(({ shape }) => heap.makeOutput(shape, 'float32'));
  const isHealthy = numberOf(heap, healthy) !== 0;
  tensors.forEach((tensor, index) => {
    const [one, other, to] = [tensor, others[index]!, blended[index]!].map((each) =>
      heap.typedArrayFromHeap(each),
    ) as [Float32Array, Float32Array, Float32Array];
    if (isHealthy) runFloatLoop('blend', loop, [one, other, to], [keep[index]!, take[index]!]);
    else to.set(one);
  });
  return blended;
});
