import { OperandStage, type TrainingPlugin } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

/** Perturbs every weight by `0.05 · sign(gradient)`, for trainings in which nobody else asks for a second pass. */
export function pushPlugin(): TrainingPlugin {
  const name = 'contract-push';
  const perturbations = new Map<string, tf.Variable>();
  const keyOf = (operandKey: string) => `${operandKey}/contractPush`;
  return {
    name,
    apply(hooks) {
      hooks.prepare.tap(name, (operands, variables) => {
        for (const { key, role, shape } of operands) {
          if (role !== 'weight') continue;
          const request = { owner: name, key: keyOf(key), role: 'perturbation' } as const;
          perturbations.set(key, variables.create({ ...request, shape: shape as readonly number[] }));
        }
      });
      hooks.operand.tap({ name, stage: OperandStage.perturb }, (value, { key }) => {
        const perturbation = perturbations.get(key);
        return perturbation ? value.add(perturbation) : value;
      });
      hooks.perturb.tap(name, (gradients) => {
        for (const [key, perturbation] of perturbations) {
          const gradient = gradients[keyOf(key)];
          if (gradient) tf.tidy(() => void perturbation.assign(gradient.sign().mul(0.05)));
        }
        return () => {
          for (const perturbation of perturbations.values()) {
            tf.tidy(() => void perturbation.assign(tf.zerosLike(perturbation)));
          }
          return undefined;
        };
      });
      hooks.dispose.tap(name, () => {
        perturbations.clear();
      });
    },
  };
}
