import * as tf from '@tensorflow/tfjs';
import { batchNorm } from './batch-norm.js';
import { batchNormRelu } from './batch-norm-relu.js';
import { convolution } from './convolution.js';
import { depthwiseConvolution } from './depthwise-convolution.js';

/** How the two networks that we build of inverted residuals differ. */
export interface InvertedResidualStyle {
  /** Where the ReLUs end; nowhere unless given. */
  readonly maxValue?: number;
  /** Whether a block with expansion 1 has its 1×1 expansion all the same. */
  readonly expandsByOne: boolean;
  /** Whether a block of stride 1 that changes the channels has a 1×1 convolution and a batch norm as shortcut, or none. */
  readonly projectsShortcut: boolean;
}

/** One block. */
export interface InvertedResidualSpec extends InvertedResidualStyle {
  readonly name: string;
  /** Channels of the depthwise convolution as a multiple of the input's. */
  readonly expansion: number;
  /** Channels of the output. */
  readonly filters: number;
  readonly strides: number;
  readonly seed: number;
}

/**
 * Adds an inverted residual with a linear bottleneck (Sandler et al., arXiv 1801.04381): `[batch, h, w, c]` to
 * `[batch, ceil(h / strides), ceil(w / strides), filters]`.
 *
 * `<name>/expand` 1×1, `<name>/depthwise` 3×3 and `<name>/project` 1×1 have a batch norm each (`…/bn`), the first two a ReLU
 * (`…/relu`); the projection has none, so that what enters the next block goes below zero. A block of stride 1 adds its shortcut.
 */
export function invertedResidual(input: tf.SymbolicTensor, spec: InvertedResidualSpec): tf.SymbolicTensor {
  const { name, expansion, filters, strides, seed } = spec;
  const channels = input.shape.at(-1)!;
  let features = input;
  if (expansion > 1 || spec.expandsByOne) {
    const expand = { name: `${name}/expand`, filters: expansion * channels, kernelSize: 1, seed };
    features = rectified(convolution(features, expand), expand.name, spec);
  }
  const depthwise = { name: `${name}/depthwise`, kernelSize: 3, strides, seed };
  features = rectified(depthwiseConvolution(features, depthwise), depthwise.name, spec);
  features = projection(features, { name: `${name}/project`, filters, seed });
  if (strides > 1 || (channels !== filters && !spec.projectsShortcut)) return features;
  const shortcut =
    channels === filters ? input : projection(input, { name: `${name}/shortcut`, filters, seed });
  return tf.layers.add({ name: `${name}/add` }).apply([features, shortcut]) as tf.SymbolicTensor;
}

function rectified(
  features: tf.SymbolicTensor,
  name: string,
  { maxValue }: InvertedResidualStyle,
): tf.SymbolicTensor {
  return batchNormRelu(features, {
    batchNorm: `${name}/bn`,
    relu: `${name}/relu`,
    ...(maxValue !== undefined && { maxValue }),
  });
}

function projection(
  input: tf.SymbolicTensor,
  { name, filters, seed }: { readonly name: string; readonly filters: number; readonly seed: number },
): tf.SymbolicTensor {
  return batchNorm(convolution(input, { name, filters, kernelSize: 1, seed }), `${name}/bn`);
}
