import * as tf from '@tensorflow/tfjs';
import { batchNormGradients } from './batch-norm-gradients.js';
import { batchStatistics, type BatchStatistics } from './batch-statistics.js';
import { fusedKernel, type Activation } from './fused-kernels.js';
import { rememberNorm } from './norm-origin.js';
import { scaleAndShift } from './scale-and-shift.js';

/** What a batch normalisation in training gives: the normalised batch, and the statistics that normalised it. */
export interface TrainingBatchNorm extends BatchStatistics {
  /** The shape of x. */
  readonly output: tf.Tensor;
}

/** What {@link trainingBatchNorm} takes beside x. */
export interface BatchNormOptions {
  /** γ, `[channels]`; 1 when left out. */
  readonly scale?: tf.Tensor1D | undefined;
  /** β, `[channels]`; 0 when left out. */
  readonly offset?: tf.Tensor1D | undefined;
  readonly epsilon: number;
  /** What the result is clipped to; nothing when left out. */
  readonly activation?: Activation | undefined;
}

const linear: Activation = { low: -Infinity, high: Infinity };

/**
 * Normalises x `[…, channels]` by its own statistics over all axes but the last:
 *
 *     output = scale * (x - mean) / sqrt(variance + epsilon) + offset
 *
 * The gradient is one op (Ioffe & Szegedy, 2015, section 3): with x̂ the normalised x, and ⟨·⟩ the mean over the batch,
 *
 *     dx = scale / sqrt(variance + epsilon) * (dy - ⟨dy⟩ - x̂ * ⟨dy * x̂⟩),    dscale = Σ dy * x̂,    doffset = Σ dy
 *
 * With an activation, `output` is clipped to its range, and dy counts where the unclipped output is in it, above `low` and up
 * to `high`.
 * @returns the mean and the biased variance carry no gradient.
 */
export function trainingBatchNorm(x: tf.Tensor, options: BatchNormOptions): TrainingBatchNorm {
  const channels = x.shape.at(-1)!;
  const { epsilon, activation = linear } = options;
  return tf.tidy(() => {
    const { scale = tf.ones([channels]), offset = tf.zeros([channels]) } = options;
    // Fused kernels take float32 alone.
    const given = { x: x.dtype === 'float32' ? x : x.toFloat(), scale, offset };
    const whole = fusedKernel('ActivatedBatchNorm')?.(given, { epsilon, ...activation });
    if (whole) {
      const [output, mean, variance] = whole;
      rememberNorm(output, { inputs: { ...given, mean, variance }, attributes: { epsilon, ...activation } });
      return statisticsOf(whole);
    }
    const fused = fusedKernel('BatchNorm')?.(given, { epsilon });
    const { output, ...statistics } = fused ? statisticsOf(fused) : composedBatchNorm(given, epsilon);
    return { output: activate(output, activation), ...statistics };
  });
}

const statisticsOf = ([output, mean, variance]: [tf.Tensor, tf.Tensor1D, tf.Tensor1D]) => ({
  output,
  mean,
  variance,
});

function activate(value: tf.Tensor, { low, high }: Activation): tf.Tensor {
  const raised = low === -Infinity ? value : low === 0 ? value.relu() : value.maximum(low);
  return high === Infinity ? raised : raised.minimum(high);
}

interface Given {
  readonly x: tf.Tensor;
  readonly scale: tf.Tensor1D;
  readonly offset: tf.Tensor1D;
}

function composedBatchNorm({ x, scale, offset }: Given, epsilon: number): TrainingBatchNorm {
  const { mean, variance } = batchStatistics(x);
  const normalise = tf.customGrad<tf.Tensor>((...args) => {
    const [input, gamma, beta, save] = args as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
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
  return { output: normalise(x, scale, offset), mean, variance };
}
