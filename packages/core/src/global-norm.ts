import { fusedKernel } from '@flatbit/kernels';
import * as tf from '@tensorflow/tfjs';

/** L2 norm over all tensors together, whatever their shapes; of none, 0. Reads nothing back. */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  if (tensors.length === 0) return tf.scalar(0);
  const [norm] = fusedKernel('GlobalNorm')?.({ tensors }, {}) ?? [];
  return norm ?? tf.tidy(() => composedNorm(tensors));
}

function composedNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  const sums = tensors.map((tensor) => tf.tidy(() => sumInBlocks(tensor.square().flatten())));
  return sumInBlocks(tf.concat(sums)).asScalar().sqrt();
}

/** Engines may add up in one float32 sum, which loses what is small beside it: no sum here is longer than this. */
const BLOCK = 256;

/** The sum as `[1]`: of blocks, then of their sums. */
function sumInBlocks(values: tf.Tensor1D): tf.Tensor1D {
  if (values.size <= BLOCK) return values.sum(0, true);
  const rest = values.size % BLOCK;
  const whole = rest === 0 ? values : values.pad([[0, BLOCK - rest]]);
  return sumInBlocks(whole.reshape([-1, BLOCK]).sum(1));
}
