import { OperandStage, type TrainingHooks, type TrainingPlugin } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

/** Halves every gradient, and keeps nothing. */
export function halfPlugin(): TrainingPlugin {
  const name = 'half';
  return {
    name,
    apply({ afterBackward }) {
      afterBackward.tap(name, (gradients) =>
        Object.fromEntries(Object.entries(gradients).map(([key, gradient]) => [key, gradient.div(2)])),
      );
    },
  };
}

/** Moves weights in place for the second pass, every other step; counts its steps, and says so in a checkpoint. */
export function nudgePlugin(): TrainingPlugin {
  const name = 'nudge';
  let steps = 0;
  return {
    name,
    apply(hooks) {
      let weights: readonly (readonly [string, tf.Variable])[] = [];
      hooks.prepare.tap(name, (_, variables) => {
        weights = variables.withRole('weight').map(({ key, variable }) => [key, variable]);
      });
      hooks.perturb.tap(name, (gradients) => {
        if (steps % 2 === 1) return undefined;
        const before = weights.map(([, variable]) => tf.keep(variable.clone()));
        for (const [key, variable] of weights) {
          tf.tidy(() => void variable.assign(variable.add(gradients[key]!.mul(0.1))));
        }
        return () => {
          weights.forEach(([, variable], at) => void variable.assign(before[at]!));
          tf.dispose(before);
          return undefined;
        };
      });
      hooks.afterStep.tap(name, () => {
        steps += 1;
      });
      hooks.collectState.tapPromise(name, async (state) => {
        state.section(name).values = { steps };
      });
      hooks.restoreState.tapPromise(name, async (state) => {
        steps = state.section(name).values['steps'] as number;
      });
    },
  };
}

/** Keeps a moving average of the first layer's largest input in a variable that calibration starts; changes no weight. */
export function watchPlugin(): TrainingPlugin {
  const name = 'watch';
  return {
    name,
    apply(hooks) {
      let largest: tf.Variable | undefined;
      hooks.prepare.tap(name, (_, variables) => {
        largest = variables.create({ owner: name, key: 'watch/largest', role: 'statistic', shape: [] });
      });
      hooks.operand.tap({ name, stage: OperandStage.observe }, (value, { key }, { phase }) => {
        if (phase === 'calibrate' && key === 'dense1/input:0') {
          tf.tidy(() => void largest!.assign(value.abs().max()));
        }
        return value;
      });
      hooks.afterStep.tap(name, ({ finite: { clean, perturbed = clean } }) => {
        tf.tidy(() => {
          const healthy = tf.logicalAnd(clean, perturbed);
          largest!.assign(tf.where(healthy, largest!.mul(0.9), largest!));
        });
      });
    },
  };
}

/** A plugin of one function, for those that break a promise. */
export function plugin(apply: (hooks: TrainingHooks) => void, name = 'broken'): TrainingPlugin {
  return { name, apply };
}
