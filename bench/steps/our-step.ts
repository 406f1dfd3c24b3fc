import { calibrate, createTraining, readStep, softmaxCrossEntropy, trainStep } from '@flatbit/core';
import { quantizable } from '@flatbit/layers';
import { sgd } from '@flatbit/optimizers';
import type * as tf from '@tensorflow/tfjs';
import { LEARNING_RATE } from './learning-rate.js';
import { randomBatch } from './random-batch.js';
import { pluginsOf, type StepKind } from './step-kind.js';
import type { TimedStep } from './timed-step.js';

/** A step of flatbit: Nesterov SGD with weight decay on everything, as the paper trains. */
export async function ourStep(model: tf.LayersModel, kind: StepKind, batchSize: number): Promise<TimedStep> {
  const batch = randomBatch(model, batchSize);
  const training = createTraining({
    model: quantizable(model),
    loss: softmaxCrossEntropy,
    optimizer: sgd({ learningRate: LEARNING_RATE, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
    plugins: pluginsOf(kind),
  });
  await calibrate(training, batch);
  return async () => {
    const { finite, step, failedPass } = await readStep(trainStep(training, batch));
    if (!finite) throw new Error(`NaN or infinity in the ${failedPass} pass of step ${step}`);
  };
}
