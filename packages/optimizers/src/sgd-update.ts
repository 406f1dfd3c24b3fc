import type { UpdateOptions } from '@flatbit/core';
import { fusedKernel } from '@flatbit/kernels';
import * as tf from '@tensorflow/tfjs';
import { assignAll } from './assign-all.js';
import { assignWhere } from './assign-where.js';
import { createScalars } from './scalars.js';
import type { SgdSettings } from './sgd.js';
import { sgdStep } from './sgd-step.js';

/** One parameter, its gradient and its momentum, with its settings. */
export interface SgdUpdate extends SgdSettings {
  readonly variable: tf.Variable;
  readonly gradient: tf.Tensor;
  readonly velocity?: tf.Variable | undefined;
}

interface SgdUpdateOptions extends UpdateOptions {
  readonly nesterov: boolean;
}

/**
 * Updates all parameters that have a momentum in one op, where the engine has one; answers those that are left. Inside a tidy.
 */
export function updateTogether(
  updates: readonly SgdUpdate[],
  { nesterov, learningRateFactor, healthy }: SgdUpdateOptions,
): readonly SgdUpdate[] {
  const fused = fusedKernel('Sgd');
  const moving = updates.filter((update): update is Required<SgdUpdate> => update.velocity !== undefined);
  if (!fused || moving.length === 0) return updates;
  const parameters = moving.map(({ variable }) => variable);
  const velocities = moving.map(({ velocity }) => velocity!);
  const settings = moving.map(
    ({ learningRate, momentum, weightDecay }) =>
      [learningRate * learningRateFactor, momentum, weightDecay] as const,
  );
  const gradients = moving.map(({ gradient }) => gradient);
  const next = fused({ healthy, parameters, gradients, velocities }, { settings, nesterov });
  assignAll([...parameters, ...velocities], next);
  return updates.filter(({ velocity }) => velocity === undefined);
}

/** Updates each parameter by ops that every engine has. Inside a tidy. */
export function updateOneByOne(
  updates: readonly SgdUpdate[],
  { nesterov, learningRateFactor, healthy }: SgdUpdateOptions,
): void {
  const scalar = createScalars();
  for (const { variable, gradient, velocity, ...own } of updates) {
    const learningRate = scalar(own.learningRate * learningRateFactor);
    const momentum = scalar(own.momentum);
    const weightDecay = own.weightDecay > 0 ? scalar(own.weightDecay) : undefined;
    tf.tidy(() => {
      const step = { value: variable, gradient, velocity, learningRate, momentum, nesterov, weightDecay };
      const next = sgdStep(step);
      assignWhere(healthy, variable, next.value);
      if (velocity) assignWhere(healthy, velocity, next.velocity!);
    });
  }
}
