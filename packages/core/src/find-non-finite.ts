import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch.js';
import type { PassContext } from './contexts.js';
import { createPassReader } from './operand-reader.js';
import type { Training } from './training.js';

/** Key of the first operand that is not finite when the network runs on `batch`; undefined if all are. */
export async function findNonFinite(training: Training, batch: Batch): Promise<string | undefined> {
  const { hooks, model, position } = training;
  const pass: PassContext = {
    phase: 'evaluate',
    epoch: position.epoch,
    step: position.step,
    inference: false,
  };
  const reader = createPassReader(hooks, pass);
  const finite = new Map<string, tf.Tensor>();
  try {
    tf.tidy(() => {
      model.forward(batch.inputs, pass, (operand, value) => {
        const read = reader.read(operand, value);
        if (!finite.has(operand.key)) finite.set(operand.key, tf.keep(tf.tidy(() => read.isFinite().all())));
        return read;
      });
    });
    for (const [key, flag] of finite) if (!(await flag.data())[0]) return key;
    return undefined;
  } finally {
    model.discardStatistics();
    reader.release();
    tf.dispose([...finite.values()]);
  }
}
