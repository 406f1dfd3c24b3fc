import * as tf from '@tensorflow/tfjs';
import type { ConvolutionSpec } from './convolution.js';
import { heNormal } from './he-normal.js';
import { symmetricPadding } from './symmetric-padding.js';

/**
 * Adds a convolution of each channel by itself, without bias, padded by `(kernelSize - 1) / 2` on all four sides:
 * `[batch, h, w, c]` to `[batch, ceil(h / strides), ceil(w / strides), c]`. Weights start {@link heNormal}.
 */
export function depthwiseConvolution(
  input: tf.SymbolicTensor,
  { name, kernelSize, strides = 1, seed }: Omit<ConvolutionSpec, 'filters'>,
): tf.SymbolicTensor {
  const padded = symmetricPadding(input, { name, kernelSize, strides });
  return tf.layers
    .depthwiseConv2d({
      name,
      kernelSize,
      strides,
      padding: padded.padding,
      useBias: false,
      depthwiseInitializer: heNormal({ name, kernelSize, filters: 1, seed }),
    })
    .apply(padded.input) as tf.SymbolicTensor;
}
