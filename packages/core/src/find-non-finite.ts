import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch.js';
import type { PassContext } from './contexts.js';
import { createPassReader } from './operand-reader.js';
import type { Training } from './training.js';
import { watchFinite } from './watch-finite.js';

/** Key of the first operand that is not finite when the network runs on `batch`; undefined if all are. */
export async function findNonFinite(training: Training, batch: Batch): Promise<string | undefined> {
  const { hooks, model, position } = training;
  const { epoch, step } = position;
  const pass: PassContext = { phase: 'evaluate', epoch, step, inference: false };
  const reader = createPassReader(hooks, pass);
  const watch = watchFinite(reader.read);
  try {
    tf.tidy(() => void model.forward(batch.inputs, pass, watch.read));
    return await watch.firstNonFinite();
  } finally {
    model.discardStatistics();
    reader.release();
    watch.release();
  }
}
