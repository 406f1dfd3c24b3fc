import type { Optimizer } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

let optimizers = 0;

/** Momentum SGD as a reference: `v ← 0.9·v + g; p ← p − learningRate·factor·v`. */
export function plainSgd(learningRate: number, momentum = 0.9): Optimizer {
  const prefix = `plainSgd${(optimizers += 1)}`;
  const velocities = new Map<string, tf.Variable>();
  const slotName = (key: string) => `${key}/momentum`;
  return {
    name: 'plain-sgd',
    prepare(parameters) {
      for (const { key, variable } of parameters) {
        const name = slotName(key);
        const zeros = tf.zeros(variable.shape);
        velocities.set(name, tf.variable(zeros, false, `${prefix}/${name}`));
        zeros.dispose();
      }
    },
    update(updates, { learningRateFactor, healthy }) {
      for (const { parameter, gradient } of updates) {
        const velocity = velocities.get(slotName(parameter.key))!;
        tf.tidy(() => {
          const moved = velocity.mul(momentum).add(gradient);
          const step = moved.mul(learningRate * learningRateFactor);
          const { variable } = parameter;
          variable.assign(tf.where(healthy, variable.sub(step), variable));
          velocity.assign(tf.where(healthy, moved, velocity));
        });
      }
    },
    slots: () => velocities,
    dispose() {
      tf.dispose([...velocities.values()]);
      velocities.clear();
    },
  };
}
