import type * as tf from '@tensorflow/tfjs';
import type { WasmHeap } from '../fill-on-heap.js';
import type { Assembly } from '../simd/assemble.js';
import { runFloatLoop } from '../simd/run-float-loop.js';
import { numberOf } from './fused-wasm-kernel.js';

/** An optimizer's update of all parameters. */
export interface Update {
  /** The constants of each parameter's loop. */
  readonly constants: readonly (readonly number[])[];
  readonly healthy: tf.TensorInfo;
  readonly gradients: readonly tf.TensorInfo[];
  /** Lists that the update moves: the parameters, then the optimizer's slots. */
  readonly state: readonly (readonly tf.TensorInfo[])[];
  /** The loop for such constants, and its name; it takes a parameter, its gradient and its slots. */
  readonly loopOf: (constants: readonly number[]) => readonly [string, Assembly];
}

/** @returns the next lists, one after the other; where the step was not healthy, everything keeps its bits. */
export function updateParameters(
  heap: WasmHeap,
  { constants, healthy, gradients, state, loopOf }: Update,
): tf.TensorInfo[] {
  const next = state.map((list) => list.map(({ shape }) => heap.makeOutput(shape, 'float32')));
  const isHealthy = numberOf(heap, healthy) !== 0;
  gradients.forEach((gradient, index) => {
    const view = (tensor: tf.TensorInfo) => heap.typedArrayFromHeap(tensor);
    const [parameter, ...slots] = state.map((list) => view(list[index]!)) as [
      Float32Array,
      ...Float32Array[],
    ];
    const outputs = next.map((list) => view(list[index]!));
    if (!isHealthy) {
      [parameter, ...slots].forEach((values, which) => outputs[which]!.set(values));
      return;
    }
    const [name, loop] = loopOf(constants[index]!);
    runFloatLoop(name, loop, [parameter, view(gradient), ...slots, ...outputs], constants[index]!);
  });
  return next.flat();
}
