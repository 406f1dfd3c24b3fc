import type * as tf from '@tensorflow/tfjs';

/** The axes along which `shape` has one element for all of the value's; all axes for the shape `[]`. */
export function sharedAxes(value: tf.Tensor, shape: readonly number[]): number[] {
  return value.shape.flatMap((_, axis) => (shape.length === 0 || shape[axis] === 1 ? [axis] : []));
}

/**
 * Sums over the axes that an element of `shape` is shared along: the gradient of broadcasting.
 *
 * The whole sum goes through the sums of the last axis: twice as fast on the wasm engine, which adds a tensor up in one
 * running float32, and more exact.
 */
export function sumToShape(value: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (shape.length > 0) return value.sum(sharedAxes(value, shape), true);
  return value.rank > 1 ? value.sum(-1).sum() : value.sum();
}
