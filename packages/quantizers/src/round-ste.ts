import * as tf from '@tensorflow/tfjs';
import { customGradient } from './custom-gradient.js';

/** Rounds to the nearest integer, half to even; passes the gradient straight through. */
export function roundSte(value: tf.Tensor): tf.Tensor {
  return customGradient(
    [value],
    () => ({ value: tf.round(value), saved: {} }),
    (upstream) => [upstream.clone()],
  );
}
