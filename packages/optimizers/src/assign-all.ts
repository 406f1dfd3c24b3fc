import type * as tf from '@tensorflow/tfjs';

/** Assigns each value to the variable in its place. */
export function assignAll(variables: readonly tf.Variable[], values: readonly tf.Tensor[]): void {
  variables.forEach((variable, index) => {
    variable.assign(values[index]!);
  });
}
