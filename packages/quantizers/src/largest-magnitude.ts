import * as tf from '@tensorflow/tfjs';
import { sharedAxes } from './sum-to-shape.js';

/** `max |value|`, per element of `shape`, which is `[]` or has 1 on the axes to reduce. */
export function largestMagnitude(value: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return tf.tidy(() =>
    value
      .abs()
      .max(sharedAxes(value, shape), true)
      .reshape([...shape]),
  );
}
