import {
  type BatchSource,
  calibrate,
  readStep,
  type StepReport,
  type Training,
  trainStep,
} from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

/** Takes `count` steps from the training's position on, calibrating before the first; epochs end without their hooks. */
export async function takeSteps(
  training: Training,
  source: BatchSource,
  count: number,
): Promise<readonly StepReport[]> {
  const { position } = training;
  const reports: StepReport[] = [];
  while (reports.length < count) {
    for await (const batch of source.batches({ epoch: position.epoch, step: position.stepInEpoch })) {
      try {
        if (!position.calibrated) await calibrate(training, batch);
        reports.push(await readStep(trainStep(training, batch)));
      } finally {
        tf.dispose([[...batch.inputs], [...batch.targets]]);
      }
      if (reports.length === count) break;
    }
    if (position.stepInEpoch >= source.stepsPerEpoch) {
      position.epoch += 1;
      position.stepInEpoch = 0;
    }
  }
  return reports;
}
