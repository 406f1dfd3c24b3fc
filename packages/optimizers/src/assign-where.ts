import * as tf from '@tensorflow/tfjs';

/**
 * Assigns `next` to `variable`; where the step was not healthy, the variable keeps every bit. Decided on the device, and
 * nothing is multiplied, so that NaN in `next` does no harm.
 */
export function assignWhere(healthy: tf.Scalar, variable: tf.Variable, next: tf.Tensor): void {
  variable.assign(tf.where(healthy, next, variable));
}
