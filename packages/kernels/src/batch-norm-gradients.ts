import * as tf from '@tensorflow/tfjs';
import { scaleAndShift } from './scale-and-shift.js';

/** What the gradient of a batch normalisation remembers of its forward pass; vectors are `[channels]`. */
export interface BatchNormTape {
  /** `[…, channels]` */
  readonly x: tf.Tensor;
  readonly scale: tf.Tensor1D;
  readonly mean: tf.Tensor1D;
  /** 1 / sqrt(variance + epsilon) */
  readonly invStd: tf.Tensor1D;
}

/**
 * Gradients with respect to x, scale and offset. Two sums per channel; then x's is dy and x̂, each scaled and shifted:
 *
 *     dx = a * dy + (b * x̂ + c),    a = scale * invStd,    b = -a * ⟨dy * x̂⟩,    c = -a * ⟨dy⟩
 */
export function batchNormGradients(dy: tf.Tensor, { x, scale, mean, invStd }: BatchNormTape): tf.Tensor[] {
  const channels = scale.shape[0];
  const count = x.size / channels;
  const xRows = x.reshape<tf.Tensor2D>([count, channels]);
  const dyRows = dy.reshape<tf.Tensor2D>([count, channels]);
  const normalised = scaleAndShift(xRows, invStd, mean.mul<tf.Tensor1D>(invStd).neg());
  const meanDy = dyRows.mean<tf.Tensor1D>(0);
  const meanDyNormalised = dyRows.mul(normalised).mean<tf.Tensor1D>(0);

  const a = scale.mul<tf.Tensor1D>(invStd);
  const b = a.mul<tf.Tensor1D>(meanDyNormalised).neg();
  const c = a.mul<tf.Tensor1D>(meanDy).neg();
  const dx = scaleAndShift(dyRows, a, c).add(scaleAndShift(normalised, b, tf.zerosLike(b)));
  return [dx.reshape(x.shape), meanDyNormalised.mul(count), meanDy.mul(count)];
}
