import type * as tf from '@tensorflow/tfjs';
import { fusedKernelName, type FusedKernels } from '../../fused-kernels.js';
import type { WasmHeap } from '../fill-on-heap.js';

type Inputs<Name extends keyof FusedKernels> = Parameters<FusedKernels[Name]>[0];
type Attributes<Name extends keyof FusedKernels> = Parameters<FusedKernels[Name]>[1];

/** The `wasm` engine's form of a fused kernel. Views of the heap are to be taken after all outputs have been made. */
export function fusedWasmKernel<Name extends keyof FusedKernels>(
  name: Name,
  compute: (inputs: Inputs<Name>, attributes: Attributes<Name>, heap: WasmHeap) => tf.TensorInfo[],
): tf.KernelConfig {
  return {
    kernelName: fusedKernelName(name),
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute(inputs as unknown as Inputs<Name>, attrs as unknown as Attributes<Name>, backend as WasmHeap),
  };
}

/** The number that a tensor holds. */
export function numberOf(heap: WasmHeap, scalar: tf.TensorInfo): number {
  return heap.typedArrayFromHeap(scalar)[0]!;
}

/** The numbers of a matrix, row by row. */
export function rowsOf(heap: WasmHeap, matrix: tf.TensorInfo): number[][] {
  const [rows, columns] = matrix.shape as [number, number];
  const numbers = heap.typedArrayFromHeap(matrix);
  return Array.from({ length: rows }, (_, row) => [...numbers.subarray(row * columns, (row + 1) * columns)]);
}

/** Lends arrays of floats on the heap, whose values are what the memory held before; they must not outlive the call. */
export function withScratch(
  heap: WasmHeap,
  sizes: readonly number[],
  use: (places: Float32Array[]) => void,
): void {
  const scratch = heap.makeOutput([sizes.reduce((sum, size) => sum + size, 0)], 'float32');
  try {
    const floats = heap.typedArrayFromHeap(scratch);
    let end = 0;
    use(sizes.map((size) => floats.subarray(end, (end += size))));
  } finally {
    heap.disposeData(scratch.dataId);
  }
}
