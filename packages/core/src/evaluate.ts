import * as tf from '@tensorflow/tfjs';
import type { Batch, BatchSource } from './batch.js';
import { checkSource, checkTraining } from './check-source.js';
import type { PassContext, Phase } from './contexts.js';
import { createPassReader } from './operand-reader.js';
import type { Measures } from './reports.js';
import type { Training } from './training.js';
import { UsageError } from './usage-error.js';

/**
 * Mean loss and metrics over one epoch of `source`, in inference mode, as the operands are quantized now.
 * @throws UsageError if a plugin starts from data and has not seen any.
 */
export async function evaluate(training: Training, source: BatchSource): Promise<Measures> {
  checkTraining(training, 'evaluate');
  checkSource(source, 'evaluate, source');
  return measure(training, source, 'evaluate');
}

/** The same in a given phase; sums are kept in double precision on the host. */
export async function measure(training: Training, source: BatchSource, phase: Phase): Promise<Measures> {
  if (hooksStartFromData(training) && !training.position.calibrated) {
    throw new UsageError(
      'nothing is calibrated yet: train, restore a checkpoint, or call calibrate(training, batch) before measuring',
    );
  }
  const names = ['loss', ...Object.keys(training.metrics)];
  const sums = names.map(() => 0);
  let examples = 0;
  for await (const batch of source.batches({ epoch: 0 })) {
    let measured: tf.Tensor | undefined;
    try {
      measured = measureBatch(training, batch, phase);
      const values = await measured.data();
      names.forEach((_, index) => (sums[index]! += values[index]! * batch.size));
      examples += batch.size;
    } finally {
      tf.dispose([measured ?? [], [...batch.inputs], [...batch.targets]]);
    }
  }
  const [loss, ...metrics] = sums.map((sum) => sum / examples);
  return {
    loss: loss!,
    metrics: Object.fromEntries(names.slice(1).map((name, index) => [name, metrics[index]!])),
  };
}

function hooksStartFromData({ hooks }: Training): boolean {
  return hooks.onCalibrated.taps.length > 0;
}

/** Loss and metrics of one batch, stacked in one tensor. */
function measureBatch(training: Training, { inputs, targets }: Batch, phase: Phase): tf.Tensor {
  const { model, hooks, loss, metrics, position } = training;
  const pass: PassContext = { phase, epoch: position.epoch, step: position.step, inference: true };
  const reader = createPassReader(hooks, pass);
  try {
    return tf.tidy(() => {
      const outputs = model.forward(inputs, pass, reader.read);
      const penalised = model
        .penalties()
        .reduce<tf.Scalar>((sum, term) => sum.add(term), loss(outputs, targets));
      return tf.stack([
        hooks.loss.call(penalised, pass),
        ...Object.values(metrics).map((metric) => metric(outputs, targets)),
      ]);
    });
  } finally {
    reader.release();
  }
}
