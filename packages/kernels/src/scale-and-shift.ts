import * as tf from '@tensorflow/tfjs';

/** Name of the kernel in TF.js's registry, for engines that do this in one pass. */
export const ScaleAndShift = 'ScaleAndShift';

/** x is `[…, channels]`; scale and shift are `[channels]`. */
export interface ScaleAndShiftInputs extends tf.NamedTensorMap {
  x: tf.Tensor;
  scale: tf.Tensor1D;
  shift: tf.Tensor1D;
}

/**
 * `x * scale + shift` per channel, for x `[…, channels]`: by the engine's own kernel if it has one, else by two ops.
 * It has no gradient of its own: it is for the insides of ops that have.
 */
export function scaleAndShift(x: tf.Tensor, scale: tf.Tensor1D, shift: tf.Tensor1D): tf.Tensor {
  const kernel = tf.getKernel(ScaleAndShift, tf.getBackend()) as tf.KernelConfig | undefined;
  if (kernel === undefined) return x.mul(scale).add(shift);
  const inputs: ScaleAndShiftInputs = { x, scale, shift };
  return tf.engine().runKernel(ScaleAndShift, inputs);
}
