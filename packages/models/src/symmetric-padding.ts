import * as tf from '@tensorflow/tfjs';

/** What a convolution or a pool needs, so that it is padded by `(kernelSize - 1) / 2` on all four sides. */
export interface SymmetricPadding {
  readonly input: tf.SymbolicTensor;
  /** The padding left to the layer itself. */
  readonly padding: 'same' | 'valid';
}

/**
 * Pads for the layer `name`. With a stride, TensorFlow's `'same'` pads the bottom and the right first where PyTorch's padding is
 * symmetric, so there the zeros are a layer of their own, `<name>/pad`; elsewhere `'same'` is symmetric.
 */
export function symmetricPadding(
  input: tf.SymbolicTensor,
  {
    name,
    kernelSize,
    strides,
  }: { readonly name: string; readonly kernelSize: number; readonly strides: number },
): SymmetricPadding {
  const margin = (kernelSize - 1) / 2;
  if (strides === 1 || margin === 0) return { input, padding: 'same' };
  const padded = tf.layers.zeroPadding2d({ padding: margin, name: `${name}/pad` }).apply(input);
  return { input: padded as tf.SymbolicTensor, padding: 'valid' };
}
