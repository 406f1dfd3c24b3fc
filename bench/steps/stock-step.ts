import * as tf from '@tensorflow/tfjs';
import { LEARNING_RATE } from './learning-rate.js';
import { randomBatch } from './random-batch.js';
import type { TimedStep } from './timed-step.js';

/** A full-precision step of TF.js layers as they are: `compile` and `trainOnBatch`, Nesterov momentum, no weight decay. */
export function stockStep(model: tf.LayersModel, batchSize: number): TimedStep {
  const { inputs, targets } = randomBatch(model, batchSize);
  const classes = model.outputs[0]!.shape.at(-1)!;
  const labels = tf.tidy(() => tf.oneHot(targets[0]!, classes).toFloat());
  model.compile({
    optimizer: tf.train.momentum(LEARNING_RATE, 0.9, true),
    loss: (truth, logits) => tf.losses.softmaxCrossEntropy(truth, logits),
  });
  return async () => {
    const loss = await model.trainOnBatch(inputs[0]!, labels);
    if (!Number.isFinite(loss)) throw new Error(`the loss is ${String(loss)}`);
  };
}
