import * as tf from '@tensorflow/tfjs';
import { layerSeed } from './layer-seed.js';

/**
 * He-normal by fan-out, `N(0, 2 / (kernelSize^2 * filters))` (He et al., arXiv 1502.01852), not truncated: `varianceScaling` of
 * TensorFlow.js would cut the normal at two standard deviations. `filters` are those that read one input channel: 1 in a depthwise
 * convolution, where PyTorch counts all of them and begins with weights that are smaller by the root of the channels.
 */
export function heNormal({
  name,
  kernelSize,
  filters,
  seed,
}: {
  /** The layer's. */
  readonly name: string;
  readonly kernelSize: number;
  readonly filters: number;
  /** The model's. */
  readonly seed: number;
}): ReturnType<typeof tf.initializers.randomNormal> {
  return tf.initializers.randomNormal({
    mean: 0,
    stddev: Math.sqrt(2 / (kernelSize * kernelSize * filters)),
    seed: layerSeed(seed, name),
  });
}
