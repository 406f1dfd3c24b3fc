import * as tf from '@tensorflow/tfjs';

/** Assigns `next` to `variable`; where the step was not healthy, the variable keeps every bit. */
export type AssignWhereHealthy = (variable: tf.Variable, next: tf.Tensor) => void;

/**
 * Makes assignments depend on one bool scalar, on the device. Nothing is multiplied, so that NaN in `next` does no harm.
 *
 * `tf.where` repeats the scalar for every element, which costs the `wasm` engine ten times what the update itself does;
 * there the two tensors are stacked, and the scalar says which one is copied out.
 */
export function assignWhere(healthy: tf.Scalar): AssignWhereHealthy {
  if (tf.getBackend() !== 'wasm')
    return (variable, next) => variable.assign(tf.where(healthy, next, variable));
  const index = healthy.toInt().reshape([1]);
  return (variable, next) => variable.assign(tf.gatherND(tf.stack([variable, next]), index));
}
