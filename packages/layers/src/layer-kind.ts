import type * as tf from '@tensorflow/tfjs';

/** The layer's class in our spelling: `Conv2DTranspose` → `conv2dTranspose`, `LSTM` → `lstm`. */
export function layerKind(layer: tf.layers.Layer): string {
  const name = layer.getClassName().replace(/(\d)D/, '$1d');
  if (name === name.toUpperCase()) return name.toLowerCase();
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** The weights that a layer multiplies with, by kind: the properties that hold them, in the order in which they are used. */
export const weightSlots: Readonly<Record<string, readonly string[]>> = {
  dense: ['kernel'],
  conv1d: ['kernel'],
  conv2d: ['kernel'],
  conv3d: ['kernel'],
  conv2dTranspose: ['kernel'],
  conv3dTranspose: ['kernel'],
  depthwiseConv2d: ['depthwiseKernel'],
  separableConv2d: ['depthwiseKernel', 'pointwiseKernel'],
};

/** Kinds whose parameters are not multiplied by activations in sums, and stay in full precision by design. */
export const elementwiseKinds: ReadonlySet<string> = new Set([
  'batchNormalization',
  'layerNormalization',
  'pReLU',
]);
