import * as tf from '@tensorflow/tfjs';
import { backward } from './backward.js';
import type { Batch, BatchSource } from './batch.js';
import { checkSource, checkTraining } from './check-source.js';
import { contextOf } from './context-of.js';
import { measure } from './evaluate.js';
import { penaltyGradients } from './penalty-gradients.js';
import type { Training } from './training.js';
import type { Restore } from './training-hooks.js';
import { UsageError } from './usage-error.js';

/** How much the loss rises in the worst direction, to first order. */
export interface Sharpness {
  /** Mean loss over the source. */
  readonly loss: number;
  /** Mean loss at `θ + ε`. */
  readonly perturbedLoss: number;
  /** `perturbedLoss − loss`. */
  readonly sharpness: number;
}

/**
 * Mean `L(θ + ε) − L(θ)` over one epoch of `source`, batch norms in inference mode. ε follows the gradient of the whole
 * source, and is chosen by the plugin that taps `perturb`. Nothing is moved.
 * @throws UsageError if no plugin perturbs.
 */
export async function measureSharpness(training: Training, source: BatchSource): Promise<Sharpness> {
  checkTraining(training, 'measureSharpness');
  checkSource(source, 'measureSharpness, source');
  try {
    return await measureBoth(training, source);
  } catch (error) {
    training.hooks.onStepFailed.call(contextOf(training.position));
    throw error;
  }
}

/** The loss as it is, and at `θ + ε`. */
async function measureBoth(training: Training, source: BatchSource): Promise<Sharpness> {
  const { hooks } = training;
  const { loss } = await measure(training, source, 'evaluate');
  const gradients = await meanGradients(training, source);
  let restore: Restore | undefined;
  try {
    tf.tidy(() => {
      restore = hooks.perturb.call(gradients, {
        epoch: 0,
        step: 0,
        stepInEpoch: 0,
        measuring: true,
        penaltyGradients: () => penaltyGradients(training),
      });
    });
  } finally {
    tf.dispose(gradients);
  }
  if (!restore) {
    throw new UsageError(
      'sharpness needs a plugin that perturbs at a radius above 0: samPlugin({ rho }), or samPlugin({ rho: 0, measureRho })',
    );
  }
  try {
    const { loss: perturbedLoss } = await measure(training, source, 'perturbed');
    return { loss, perturbedLoss, sharpness: perturbedLoss - loss };
  } finally {
    restore();
  }
}

async function meanGradients(training: Training, source: BatchSource): Promise<tf.NamedTensorMap> {
  let sums: tf.NamedTensorMap = {};
  try {
    for await (const batch of source.batches({ epoch: 0 })) {
      sums = addGradients(training, batch, batch.size / source.examples, sums);
    }
    return sums;
  } catch (error) {
    tf.dispose(sums);
    throw error;
  }
}

/** `sums + weight·gradients`, in the place of `sums`; the batch is used up. */
function addGradients(
  training: Training,
  batch: Batch,
  weight: number,
  sums: tf.NamedTensorMap,
): tf.NamedTensorMap {
  const pass = { phase: 'clean', epoch: 0, step: 0, inference: true } as const;
  try {
    const next = tf.tidy(() => {
      const { gradients, loss } = backward(training, batch, pass, training.variables.differentiated());
      loss.dispose();
      const keys = new Set([...Object.keys(sums), ...Object.keys(gradients)]);
      const added: tf.NamedTensorMap = {};
      for (const key of keys) {
        const share = gradients[key]?.mul(weight);
        added[key] = share && sums[key] ? sums[key].add(share) : (share ?? sums[key]!.clone());
      }
      return added;
    });
    tf.dispose({ ...sums });
    return next;
  } finally {
    tf.dispose([[...batch.inputs], [...batch.targets]]);
  }
}
