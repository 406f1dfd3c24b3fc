import * as tf from '@tensorflow/tfjs';

/** Makes each number a scalar once: a number handed to an op becomes a new tensor every time. Inside a tidy. */
export function createScalars(): (value: number) => tf.Scalar {
  const made = new Map<number, tf.Scalar>();
  return (value) => {
    let scalar = made.get(value);
    if (!scalar) made.set(value, (scalar = tf.scalar(value)));
    return scalar;
  };
}
