import * as tf from '@tensorflow/tfjs';
import { batchNormGradients } from './batch-norm-gradients.js';
import { batchStatistics, type BatchStatistics } from './batch-statistics.js';
import { scaleAndShift } from './scale-and-shift.js';

/** What a batch normalisation in training gives: the normalised batch, and the statistics that normalised it. */
export interface TrainingBatchNorm extends BatchStatistics {
  /** The shape of x. */
  readonly output: tf.Tensor;
}

/**
 * Normalises x `[…, channels]` by its own statistics over all axes but the last:
 *
 *     output = scale * (x - mean) / sqrt(variance + epsilon) + offset
 *
 * The gradient is one op (Ioffe & Szegedy, 2015, section 3): with x̂ the normalised x, and ⟨·⟩ the mean over the batch,
 *
 *     dx = scale / sqrt(variance + epsilon) * (dy - ⟨dy⟩ - x̂ * ⟨dy * x̂⟩),    dscale = Σ dy * x̂,    doffset = Σ dy
 *
 * @param scale γ, `[channels]`; 1 when left out.
 * @param offset β, `[channels]`; 0 when left out.
 * @returns the mean and the biased variance carry no gradient.
 */
export function trainingBatchNorm(
  x: tf.Tensor,
  scale: tf.Tensor1D | undefined,
  offset: tf.Tensor1D | undefined,
  epsilon: number,
): TrainingBatchNorm {
  const channels = x.shape.at(-1)!;
  const { mean, variance } = batchStatistics(x);
  const output = tf.tidy(() => {
    const normalise = tf.customGrad<tf.Tensor>((...args) => {
      const [input, gamma, beta, save] = args as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, Save];
      const invStd = tf.rsqrt(variance.add<tf.Tensor1D>(epsilon));
      save([input, gamma, mean, invStd]);
      const factor = gamma.mul<tf.Tensor1D>(invStd);
      const shift = beta.sub<tf.Tensor1D>(mean.mul(factor));
      return {
        value: scaleAndShift(input, factor, shift),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const [x, scale, mean, invStd] = saved as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
          return batchNormGradients(dy, { x, scale, mean, invStd });
        },
      };
    });
    return normalise(x, scale ?? tf.ones([channels]), offset ?? tf.zeros([channels]));
  });
  return { output, mean, variance };
}

type Save = (tensors: tf.Tensor[]) => void;
