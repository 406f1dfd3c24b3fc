import * as tf from '@tensorflow/tfjs';
import type { Training } from './training.js';

/** Gradients of the model's regularization terms, by registry key; empty if it has none. */
export function penaltyGradients({ model, variables }: Training): tf.NamedTensorMap {
  const updated = variables.updated();
  const gradients = tf.tidy(() => {
    if (model.penalties().length === 0) return {};
    const total = () => model.penalties().reduce<tf.Scalar>((sum, penalty) => sum.add(penalty), tf.scalar(0));
    return tf.variableGrads(
      total,
      updated.map(({ variable }) => variable),
    ).grads;
  });
  return Object.fromEntries(
    updated.flatMap(({ key, variable }) =>
      gradients[variable.name] ? [[key, gradients[variable.name]!]] : [],
    ),
  );
}
