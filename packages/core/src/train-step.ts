import * as tf from '@tensorflow/tfjs';
import { backward, isHealthy, type Backward } from './backward.js';
import { penaltyGradients } from './penalty-gradients.js';
import type { Batch } from './batch.js';
import type { PassContext, StepContext } from './contexts.js';
import type { StepResult } from './step-result.js';
import { contextOf } from './context-of.js';
import type { Training } from './training.js';

/**
 * One step: clean pass, perturbed pass if a plugin asks for it, update. Synchronous; reads nothing back. A step that
 * meets NaN or infinity moves nothing, and says so in `finite`. Whoever calls disposes the result's tensors.
 * @throws what a tap throws; weights, statistics and position are then as they were, unless it was a tap of `afterStep`:
 * the step has then been taken.
 */
export function trainStep(training: Training, batch: Batch): StepResult {
  const { hooks, model, variables, position } = training;
  const context = contextOf(position);
  let kept: Backward['metrics'] = {};
  try {
    let result: StepResult | undefined;
    tf.tidy(() => {
      hooks.beforeStep.call(context);
      const learningRateFactor = hooks.learningRate.call(1, context);
      const clean = backward(
        training,
        batch,
        passOf('clean', context),
        variables.differentiated(),
        training.metrics,
      );
      kept = clean.metrics;
      const cleanHealthy = isHealthy(clean.loss, clean.gradients);
      const perturbed = perturbedPass(training, batch, clean, context);
      const final = perturbed ?? clean;
      const gradients = hooks.afterBackward.call(final.gradients, context);
      const untouched = !perturbed && gradients === clean.gradients;
      const finalHealthy = untouched ? cleanHealthy : isHealthy(final.loss, gradients);
      const healthy = tf.logicalAnd(cleanHealthy, finalHealthy) as tf.Scalar;
      const updates = variables
        .updated()
        .flatMap((parameter) =>
          gradients[parameter.key] ? [{ parameter, gradient: gradients[parameter.key]! }] : [],
        );
      training.optimizer.update(updates, { learningRateFactor, healthy });
      model.moveStatistics(healthy);
      position.step += 1;
      position.stepInEpoch += 1;
      result = {
        context,
        size: batch.size,
        loss: clean.loss,
        metrics: clean.metrics,
        ...(perturbed && { perturbedLoss: perturbed.loss }),
        finite: { clean: perturbed ? cleanHealthy : healthy, ...(perturbed && { perturbed: finalHealthy }) },
      };
      hooks.afterStep.call(result);
      return [
        result.loss,
        result.perturbedLoss ?? [],
        { ...result.metrics },
        { ...result.finite },
      ] as tf.TensorContainer;
    });
    return result!;
  } catch (error) {
    model.discardStatistics();
    hooks.onStepFailed.call(context);
    tf.dispose({ ...kept });
    throw error;
  }
}

/** The second pass, if a plugin perturbs; what it moved is back in place when this returns or throws. */
function perturbedPass(
  training: Training,
  batch: Batch,
  clean: Backward,
  context: StepContext,
): Backward | undefined {
  const restore = training.hooks.perturb.call(clean.gradients, {
    ...context,
    measuring: false,
    penaltyGradients: () => penaltyGradients(training),
  });
  if (!restore) return undefined;
  try {
    tf.dispose(clean.gradients);
    return backward(training, batch, passOf('perturbed', context), training.variables.updated());
  } finally {
    restore();
  }
}

function passOf(phase: PassContext['phase'], { epoch, step }: StepContext): PassContext {
  return { phase, epoch, step, inference: false };
}
