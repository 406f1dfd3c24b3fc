import type { UpdateOptions } from '@flatbit/core';
import { fusedKernel, type FusedKernels } from '@flatbit/kernels';
import * as tf from '@tensorflow/tfjs';
import { adamStep } from './adam-step.js';
import type { AdamSettings } from './adam.js';
import { assignAll } from './assign-all.js';
import { assignWhere } from './assign-where.js';
import { createScalars } from './scalars.js';

/** One parameter, its gradient and its moments, with its settings. */
export interface AdamUpdate extends AdamSettings {
  readonly variable: tf.Variable;
  readonly gradient: tf.Tensor;
  readonly firstMoment: tf.Variable;
  readonly secondMoment: tf.Variable;
}

interface AdamUpdateOptions extends UpdateOptions {
  readonly beta1: number;
  readonly beta2: number;
  /** `√c₂ / c₁`; see {@link adamStep}. */
  readonly ratio: tf.Scalar;
  /** `epsilon · √c₂` */
  readonly hatEpsilon: tf.Scalar;
}

/** Updates all parameters: in one op where the engine has it. Inside a tidy. */
export function updateAdam(updates: readonly AdamUpdate[], options: AdamUpdateOptions): void {
  const fused = fusedKernel('Adam');
  if (fused && updates.length > 0) updateTogether(fused, updates, options);
  else updateOneByOne(updates, options);
}

function updateTogether(
  fused: FusedKernels['Adam'],
  updates: readonly AdamUpdate[],
  { beta1, beta2, ratio, hatEpsilon, learningRateFactor, healthy }: AdamUpdateOptions,
): void {
  const parameters = updates.map(({ variable }) => variable);
  const gradients = updates.map(({ gradient }) => gradient);
  const firstMoments = updates.map(({ firstMoment }) => firstMoment);
  const secondMoments = updates.map(({ secondMoment }) => secondMoment);
  const column = (value: (update: AdamUpdate) => number) =>
    tf.tensor2d(
      updates.map((update) => [value(update)]),
      [updates.length, 1],
    );
  const settings = tf.concat(
    [
      tf.tensor2d(
        updates.map(({ weightDecay }) => [beta1, beta2, 1 - beta1, 1 - beta2, weightDecay]),
        [updates.length, 5],
      ),
      column(({ learningRate }) => learningRate * learningRateFactor).mul<tf.Tensor2D>(ratio),
      tf.fill([updates.length, 1], 1).mul<tf.Tensor2D>(hatEpsilon),
    ],
    1,
  );
  const next = fused({ settings, healthy, parameters, gradients, firstMoments, secondMoments }, {});
  assignAll([...parameters, ...firstMoments, ...secondMoments], next);
}

function updateOneByOne(
  updates: readonly AdamUpdate[],
  { beta1, beta2, ratio, hatEpsilon, learningRateFactor, healthy }: AdamUpdateOptions,
): void {
  const scalar = createScalars();
  const betas = { beta1: scalar(beta1), beta2: scalar(beta2) };
  const shares = { share1: scalar(1 - beta1), share2: scalar(1 - beta2) };
  for (const { variable, gradient, firstMoment, secondMoment, ...own } of updates) {
    const learningRate = scalar(own.learningRate * learningRateFactor);
    const weightDecay = own.weightDecay > 0 ? scalar(own.weightDecay) : undefined;
    tf.tidy(() => {
      const next = adamStep({
        value: variable,
        gradient,
        firstMoment,
        secondMoment,
        ...betas,
        ...shares,
        weightDecay,
        stepSize: ratio.mul(learningRate),
        epsilon: hatEpsilon,
      });
      assignWhere(healthy, variable, next.value);
      assignWhere(healthy, firstMoment, next.firstMoment);
      assignWhere(healthy, secondMoment, next.secondMoment);
    });
  }
}
