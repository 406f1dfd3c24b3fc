import * as tf from '@tensorflow/tfjs';
import { layerSeed } from './layer-seed.js';

/**
 * He-normal by fan-out, `N(0, 2 / (kernelSize^2 * channels))` (He et al., arXiv 1502.01852), not truncated: `varianceScaling` of
 * TensorFlow.js would cut the normal at two standard deviations. `channels` are those of the output, of a depthwise convolution too,
 * as PyTorch counts the fan-out.
 */
export function heNormal({
  name,
  kernelSize,
  channels,
  seed,
}: {
  /** The layer's. */
  readonly name: string;
  readonly kernelSize: number;
  readonly channels: number;
  /** The model's. */
  readonly seed: number;
}): ReturnType<typeof tf.initializers.randomNormal> {
  return tf.initializers.randomNormal({
    mean: 0,
    stddev: Math.sqrt(2 / (kernelSize * kernelSize * channels)),
    seed: layerSeed(seed, name),
  });
}
