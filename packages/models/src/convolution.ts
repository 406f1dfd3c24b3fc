import * as tf from '@tensorflow/tfjs';
import { heNormal } from './he-normal.js';
import { symmetricPadding } from './symmetric-padding.js';

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
 * `[batch, ceil(h / strides), ceil(w / strides), filters]`. Weights start {@link heNormal}.
 */
export function convolution(
  input: tf.SymbolicTensor,
  { name, filters, kernelSize, strides = 1, seed }: ConvolutionSpec,
): tf.SymbolicTensor {
  const padded = symmetricPadding(input, { name, kernelSize, strides });
  return tf.layers
    .conv2d({
      name,
      filters,
      kernelSize,
      strides,
      padding: padded.padding,
      useBias: false,
      kernelInitializer: heNormal({ name, kernelSize, filters, seed }),
    })
    .apply(padded.input) as tf.SymbolicTensor;
}
