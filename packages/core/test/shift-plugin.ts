import { OperandStage, type StepContext, type TrainingPlugin } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

export interface ShiftPlugin extends TrainingPlugin {
  /** Gradients at the probe that `perturb` was handed, one per call. */
  readonly gradients: number[];
  /** How often the restore has been called. */
  restored: number;
}

/** Adds `shift(gradient)` to every weight in the second pass; no second pass where that is undefined. */
export function shiftPlugin(
  shift: (gradient: number, context: StepContext) => number | undefined,
): ShiftPlugin {
  const name = 'shift';
  const probes = new Map<string, tf.Variable>();
  const plugin: ShiftPlugin = {
    name,
    gradients: [],
    restored: 0,
    apply(hooks) {
      hooks.prepare.tap(name, (operands, variables) => {
        for (const { key, role, shape } of operands) {
          const request = { owner: name, key: `${key}/perturbation`, shape: shape as number[] };
          if (role === 'weight') probes.set(key, variables.create({ ...request, role: 'perturbation' }));
        }
      });
      hooks.operand.tap({ name, stage: OperandStage.perturb }, (value, { key }) =>
        probes.has(key) ? value.add(probes.get(key)!) : value,
      );
      hooks.perturb.tap(name, (gradients, context) => {
        const [[key, probe]] = [...probes] as [[string, tf.Variable]];
        const gradient = gradients[`${key}/perturbation`]!.dataSync()[0]!;
        plugin.gradients.push(gradient);
        const amount = shift(gradient, context);
        if (amount === undefined) return undefined;
        tf.tidy(() => void probe.assign(tf.fill(probe.shape, amount)));
        return () => {
          plugin.restored += 1;
          tf.tidy(() => void probe.assign(tf.zerosLike(probe)));
          return undefined;
        };
      });
    },
  };
  return plugin;
}
