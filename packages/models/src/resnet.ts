import { UsageError } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import { batchNormRelu } from './batch-norm-relu.js';
import { classifier } from './classifier.js';
import { convolution } from './convolution.js';
import { completeOptions, type ModelOptions } from './model-options.js';

/** Options of {@link resnet}. */
export interface ResnetOptions extends ModelOptions {
  /** `6n + 2`: three stages of n blocks of two convolutions, the first convolution and the dense layer. */
  readonly depth: number;
}

/**
 * The pre-activation residual network for small images (He et al., "Identity Mappings in Deep Residual Networks", arXiv 1603.05027): images
 * `[batch, height, width, channels]` to logits `[batch, classes]`.
 *
 * A 3×3 convolution, three stages of `width`, `2 width` and `4 width` channels, batch norm, ReLU, global average pool, dense. A block is
 * bn, ReLU, conv, bn, ReLU, conv, plus its shortcut. The first block of a stage takes its shortcut after its first ReLU, through a 1×1
 * convolution without batch norm where the shape changes; the others take it from their input.
 *
 * Layers are called `conv`, `stage1/block1/bn1`, `stage2/block1/shortcut`, …, `bn`, `relu`, `pool`, `dense`. Unless told otherwise:
 * `inputShape` [32, 32, 3], `classes` 100, `width` 16, `seed` 0.
 * @throws UsageError when `depth` is not 6n + 2, a size is not a positive integer, or the seed is not an integer
 */
export function resnet({ depth, ...options }: ResnetOptions): tf.LayersModel {
  const blocks = (depth - 2) / 6;
  if (!Number.isSafeInteger(blocks) || blocks < 1) {
    throw new UsageError(
      `a resnet of depth ${depth} cannot be built; depth takes 6n + 2: 8, 14, 20, 26, 32, 44, 56, 110, …`,
    );
  }
  const { inputShape, classes, width, seed } = completeOptions(options, {
    inputShape: [32, 32, 3],
    classes: 100,
    width: 16,
  });
  const input = tf.input({ shape: [...inputShape], name: 'input' });
  let features = convolution(input, { name: 'conv', filters: width, kernelSize: 3, seed });
  for (const stage of [1, 2, 3]) {
    for (let block = 1; block <= blocks; block++) {
      features = residualBlock(features, {
        name: `stage${stage}/block${block}`,
        filters: width * 2 ** (stage - 1),
        strides: stage > 1 && block === 1 ? 2 : 1,
        opensStage: block === 1,
        seed,
      });
    }
  }
  features = batchNormRelu(features, { batchNorm: 'bn', relu: 'relu' });
  const logits = classifier(features, { classes, seed });
  return tf.model({ inputs: input, outputs: logits, name: `resnet${depth}` });
}

interface BlockSpec {
  readonly name: string;
  readonly filters: number;
  readonly strides: number;
  readonly opensStage: boolean;
  readonly seed: number;
}

function residualBlock(
  input: tf.SymbolicTensor,
  { name, filters, strides, opensStage, seed }: BlockSpec,
): tf.SymbolicTensor {
  const activated = batchNormRelu(input, { batchNorm: `${name}/bn1`, relu: `${name}/relu1` });
  let shortcut = opensStage ? activated : input;
  if (strides > 1) {
    shortcut = convolution(shortcut, { name: `${name}/shortcut`, filters, kernelSize: 1, strides, seed });
  }
  let residual = convolution(activated, { name: `${name}/conv1`, filters, kernelSize: 3, strides, seed });
  residual = batchNormRelu(residual, { batchNorm: `${name}/bn2`, relu: `${name}/relu2` });
  residual = convolution(residual, { name: `${name}/conv2`, filters, kernelSize: 3, seed });
  return tf.layers.add({ name: `${name}/add` }).apply([residual, shortcut]) as tf.SymbolicTensor;
}
