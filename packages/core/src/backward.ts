import { fusedKernel } from '@flatbit/kernels';
import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch.js';
import type { PassContext } from './contexts.js';
import type { Loss } from './loss.js';
import { createPassReader } from './operand-reader.js';
import type { Training } from './training.js';
import type { RegisteredVariable } from './variable-registry.js';

/** One forward and backward pass. */
export interface Backward {
  readonly loss: tf.Scalar;
  /** Means over the batch; empty unless asked for. */
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
  /** By registry key; a variable that the loss does not depend on is absent. */
  readonly gradients: tf.NamedTensorMap;
}

/** Runs the network on a batch and takes the gradient with respect to `variables`, in their order. Inside a tidy. */
export function backward(
  training: Training,
  batch: Batch,
  pass: PassContext,
  variables: readonly RegisteredVariable[],
  metrics: Readonly<Record<string, Loss>> = {},
): Backward {
  const { model, hooks, loss } = training;
  const reader = createPassReader(hooks, pass);
  const measured: Record<string, tf.Scalar> = {};
  try {
    const { value, grads } = tf.variableGrads(
      () => {
        const outputs = model.forward(batch.inputs, pass, reader.read);
        const task = loss(outputs, batch.targets);
        for (const [name, metric] of Object.entries(metrics)) {
          measured[name] = tf.keep(metric(outputs, batch.targets));
        }
        const penalised = model.penalties().reduce<tf.Scalar>((sum, penalty) => sum.add(penalty), task);
        return hooks.loss.call(penalised, pass);
      },
      variables.map(({ variable }) => variable),
    );
    const gradients: tf.NamedTensorMap = {};
    for (const { key, variable } of variables) {
      const gradient = grads[variable.name];
      if (gradient) gradients[key] = gradient;
    }
    return { loss: value, metrics: measured, gradients };
  } catch (error) {
    tf.dispose(measured);
    disposeTape();
    throw error;
  } finally {
    reader.release();
  }
}

/** Whether a loss and every gradient are free of NaN and infinity: a bool scalar, computed on the device. */
export function isHealthy(loss: tf.Scalar, gradients: tf.NamedTensorMap): tf.Scalar {
  const [finite] = fusedKernel('AllFinite')?.({ tensors: [loss, ...Object.values(gradients)] }, {}) ?? [];
  if (finite) return finite;
  return tf.tidy(() => {
    const flat = [loss, ...Object.values(gradients)].map((tensor) => tensor.reshape([-1]));
    return tf.concat(flat).isFinite().all().asScalar();
  });
}

/** TF.js keeps what a tape has saved until the backward pass; after a forward pass that threw, nobody would free it. */
function disposeTape(): void {
  const { activeTape, gradientDepth } = tf.engine().state;
  if (gradientDepth > 0) return;
  for (const { saved } of activeTape ?? []) tf.dispose(saved);
}
