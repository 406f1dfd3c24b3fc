import * as tf from '@tensorflow/tfjs';
import { layerSeed } from './layer-seed.js';

/** One convolution of a network. */
export interface ConvolutionSpec {
  /** The layer's name; its padding, where it has one, is `<name>/pad`. */
  readonly name: string;
  readonly filters: number;
  /** An odd number. */
  readonly kernelSize: number;
  /** 1 unless given. */
  readonly strides?: number;
  /** The model's seed. */
  readonly seed: number;
}

/**
 * Adds a convolution without bias, padded by `(kernelSize - 1) / 2` on all four sides: `[batch, h, w, c]` to
 * `[batch, ceil(h / strides), ceil(w / strides), filters]`.
 *
 * With a stride, TensorFlow's `'same'` pads the bottom and the right first where PyTorch's padding is symmetric, so there the zeros are a
 * layer of their own. Weights start He-normal by fan-out, `N(0, 2 / (kernelSize^2 * filters))` (He et al., arXiv 1502.01852), not
 * truncated; `varianceScaling` of TensorFlow.js would cut the normal at two standard deviations.
 */
export function convolution(
  input: tf.SymbolicTensor,
  { name, filters, kernelSize, strides = 1, seed }: ConvolutionSpec,
): tf.SymbolicTensor {
  const margin = (kernelSize - 1) / 2;
  const pads = strides > 1 && margin > 0;
  const padded = pads
    ? tf.layers.zeroPadding2d({ padding: margin, name: `${name}/pad` }).apply(input)
    : input;
  return tf.layers
    .conv2d({
      name,
      filters,
      kernelSize,
      strides,
      padding: pads ? 'valid' : 'same',
      useBias: false,
      kernelInitializer: tf.initializers.randomNormal({
        mean: 0,
        stddev: Math.sqrt(2 / (kernelSize * kernelSize * filters)),
        seed: layerSeed(seed, name),
      }),
    })
    .apply(padded) as tf.SymbolicTensor;
}
