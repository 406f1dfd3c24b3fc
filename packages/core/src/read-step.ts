import * as tf from '@tensorflow/tfjs';
import type { StepReport } from './reports.js';
import type { StepResult } from './step-result.js';

/** Reads a step's scalars back in one transfer, and disposes them. */
export async function readStep(result: StepResult): Promise<StepReport> {
  const { context, size, loss, perturbedLoss, metrics, finite } = result;
  const names = Object.keys(metrics);
  const packed = tf.tidy(() =>
    tf.stack([
      finite.clean.toFloat(),
      (finite.perturbed ?? finite.clean).toFloat(),
      loss,
      perturbedLoss ?? loss,
      ...names.map((name) => metrics[name]!),
    ]),
  );
  const values = await packed.data();
  tf.dispose([packed, loss, metrics, finite as unknown as tf.TensorContainer]);
  if (perturbedLoss) tf.dispose(perturbedLoss);
  const [cleanFinite, perturbedFinite, lossValue, perturbedValue, ...measured] =
    values as unknown as number[];
  return {
    ...context,
    size,
    loss: lossValue!,
    metrics: Object.fromEntries(names.map((name, index) => [name, measured[index]!])),
    ...(perturbedLoss && { sharpness: perturbedValue! - lossValue! }),
    finite: cleanFinite === 1 && perturbedFinite === 1,
    ...(cleanFinite !== 1 ? { failedPass: 'clean' } : perturbedFinite !== 1 && { failedPass: 'perturbed' }),
  };
}
