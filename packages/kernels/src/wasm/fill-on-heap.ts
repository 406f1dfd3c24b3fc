import * as tf from '@tensorflow/tfjs';

/** What the kernels use of TF.js's `wasm` backend: its tensors are typed arrays on one heap. */
export interface WasmHeap {
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
  incRef(dataId: object): void;
  disposeData(dataId: object): boolean;
}

/**
 * A new tensor on the heap, filled by plain TypeScript. Its elements start as whatever the memory held before.
 * The views are taken after the allocation, which may move the heap.
 */
export function fillOnHeap<Rank extends tf.Rank>(
  shape: tf.ShapeMap[Rank],
  dtype: tf.DataType,
  inputs: readonly tf.TensorInfo[],
  fill: (output: Float32Array, ...inputs: Float32Array[]) => void,
): tf.Tensor<Rank> {
  const heap = tf.backend() as unknown as WasmHeap;
  const output = heap.makeOutput(shape, dtype);
  fill(heap.typedArrayFromHeap(output), ...inputs.map((input) => heap.typedArrayFromHeap(input)));
  return tf.engine().makeTensorFromTensorInfo(output) as tf.Tensor<Rank>;
}
