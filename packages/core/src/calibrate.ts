import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch.js';
import { createPassReader } from './operand-reader.js';
import type { Training } from './training.js';

/**
 * Shows a batch to whoever starts from data: one forward pass in inference mode, phase `calibrate`, that moves no
 * statistic. `fit` does this before its first step.
 */
export async function calibrate(training: Training, batch: Batch): Promise<void> {
  const { model, hooks, position } = training;
  const pass = { phase: 'calibrate', epoch: position.epoch, step: position.step, inference: true } as const;
  const reader = createPassReader(hooks, pass);
  try {
    tf.tidy(() => void model.forward(batch.inputs, pass, reader.read));
  } finally {
    reader.release();
  }
  await hooks.onCalibrated.promise();
  position.calibrated = true;
}
