import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch.js';
import { contextOf } from './context-of.js';
import { NonFiniteError } from './non-finite-error.js';
import { createPassReader } from './operand-reader.js';
import type { Training } from './training.js';
import { watchFinite } from './watch-finite.js';

/**
 * Shows a batch to whoever starts from data: one forward pass in inference mode, phase `calibrate`, that moves no
 * statistic. `fit` does this before its first step.
 * @throws NonFiniteError naming the first operand that holds NaN or infinity; the training then is not calibrated.
 */
export async function calibrate(training: Training, batch: Batch): Promise<void> {
  const { model, hooks, position } = training;
  const { epoch, step } = position;
  const pass = { phase: 'calibrate', epoch, step, inference: true } as const;
  const reader = createPassReader(hooks, pass);
  const watch = watchFinite(reader.read);
  try {
    tf.tidy(() => void model.forward(batch.inputs, pass, watch.read));
    const operand = await watch.firstNonFinite();
    if (operand !== undefined)
      throw new NonFiniteError(`NaN or infinity in the calibrating pass, first at "${operand}"`);
    await hooks.onCalibrated.promise();
  } catch (error) {
    hooks.onStepFailed.call(contextOf(position));
    throw error;
  } finally {
    reader.release();
    watch.release();
  }
  position.calibrated = true;
}
