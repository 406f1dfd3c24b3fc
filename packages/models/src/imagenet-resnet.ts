import { UsageError } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import { batchNorm } from './batch-norm.js';
import { batchNormRelu } from './batch-norm-relu.js';
import { classifier } from './classifier.js';
import { convolution, type ConvolutionSpec } from './convolution.js';
import { completeOptions, type ModelOptions } from './model-options.js';
import { symmetricPadding } from './symmetric-padding.js';

/** Options of {@link imagenetResnet}. */
export interface ImagenetResnetOptions extends ModelOptions {
  /** 18, 34 or 50. */
  readonly depth: number;
}

/** Blocks of each stage, and whether they are bottlenecks. */
const architectures = new Map([
  [18, { blocks: [2, 2, 2, 2], bottleneck: false }],
  [34, { blocks: [3, 4, 6, 3], bottleneck: false }],
  [50, { blocks: [3, 4, 6, 3], bottleneck: true }],
]);

/** The depths that {@link imagenetResnet} takes. */
export const imagenetResnetDepths: readonly number[] = [...architectures.keys()];

/**
 * The residual network for ImageNet (He et al., arXiv 1512.03385), as torchvision builds it: images `[batch, height, width, channels]` to
 * logits `[batch, classes]`.
 *
 * A 7×7 convolution and a 3×3 max pool of stride 2 each, four stages of `width`, `2 width`, `4 width` and `8 width` channels, global
 * average pool, dense. A block of depth 18 and 34 is conv 3×3, bn, ReLU, conv 3×3, bn; one of depth 50 is conv 1×1, bn, ReLU, conv 3×3,
 * bn, ReLU, conv 1×1 to four times the channels, bn, with the stride on the 3×3. Its shortcut is added, and a ReLU follows; where the
 * shape changes, the shortcut is a 1×1 convolution and a batch norm.
 *
 * Layers are called `conv`, `bn`, `relu`, `maxpool`, `stage1/block1/conv1`, `stage1/block1/bn1`, `stage1/block1/relu1`, …,
 * `stage2/block1/shortcut`, `stage2/block1/shortcut/bn`, `stage2/block1/add`, `stage2/block1/relu`, …, `pool`, `dense`. Unless told
 * otherwise: `inputShape` [224, 224, 3], `classes` 1000, `width` 64, `seed` 0.
 * @throws UsageError when `depth` is another, a size is not a positive integer, or the seed is not an integer
 */
export function imagenetResnet({ depth, ...options }: ImagenetResnetOptions): tf.LayersModel {
  const architecture = architectures.get(depth);
  if (!architecture) {
    const known = imagenetResnetDepths.join(', ');
    throw new UsageError(`an ImageNet resnet of depth ${depth} cannot be built; depth takes ${known}`);
  }
  const { inputShape, classes, width, seed } = completeOptions(options, {
    inputShape: [224, 224, 3],
    classes: 1000,
    width: 64,
  });
  const input = tf.input({ shape: [...inputShape], name: 'input' });
  let features = convolution(input, { name: 'conv', filters: width, kernelSize: 7, strides: 2, seed });
  features = maxPool(batchNormRelu(features, { batchNorm: 'bn', relu: 'relu' }));
  architecture.blocks.forEach((blocks, stage) => {
    for (let block = 1; block <= blocks; block++) {
      features = residualBlock(features, {
        name: `stage${stage + 1}/block${block}`,
        filters: width * 2 ** stage,
        strides: stage > 0 && block === 1 ? 2 : 1,
        bottleneck: architecture.bottleneck,
        seed,
      });
    }
  });
  return tf.model({
    inputs: input,
    outputs: classifier(features, { classes, seed }),
    name: `resnet${depth}`,
  });
}

/**
 * 3×3 of stride 2, padded by one on all sides. PyTorch pads with minus infinity; after a ReLU zero is the same: no value is below it,
 * and every window holds at least one.
 */
function maxPool(rectified: tf.SymbolicTensor): tf.SymbolicTensor {
  const pool = { name: 'maxpool', kernelSize: 3, strides: 2 };
  const { input, padding } = symmetricPadding(rectified, pool);
  return tf.layers
    .maxPooling2d({ name: pool.name, poolSize: pool.kernelSize, strides: pool.strides, padding })
    .apply(input) as tf.SymbolicTensor;
}

interface BlockSpec {
  readonly name: string;
  readonly filters: number;
  readonly strides: number;
  readonly bottleneck: boolean;
  readonly seed: number;
}

function residualBlock(input: tf.SymbolicTensor, block: BlockSpec): tf.SymbolicTensor {
  const { name, strides, seed } = block;
  const convolutions = convolutionsOf(block);
  let residual = input;
  convolutions.forEach((shape, index) => {
    const position = index + 1;
    residual = convolution(residual, { name: `${name}/conv${position}`, seed, ...shape });
    const names = { batchNorm: `${name}/bn${position}`, relu: `${name}/relu${position}` };
    residual =
      position < convolutions.length ? batchNormRelu(residual, names) : batchNorm(residual, names.batchNorm);
  });
  const filters = residual.shape.at(-1)!;
  let shortcut = input;
  if (strides > 1 || input.shape.at(-1) !== filters) {
    const spec = { name: `${name}/shortcut`, filters, kernelSize: 1, strides, seed };
    shortcut = batchNorm(convolution(input, spec), `${spec.name}/bn`);
  }
  const sum = tf.layers.add({ name: `${name}/add` }).apply([residual, shortcut]);
  return tf.layers.reLU({ name: `${name}/relu` }).apply(sum) as tf.SymbolicTensor;
}

function convolutionsOf({
  filters,
  strides,
  bottleneck,
}: BlockSpec): readonly Omit<ConvolutionSpec, 'name' | 'seed'>[] {
  return bottleneck
    ? [
        { filters, kernelSize: 1 },
        { filters, kernelSize: 3, strides },
        { filters: 4 * filters, kernelSize: 1 },
      ]
    : [
        { filters, kernelSize: 3, strides },
        { filters, kernelSize: 3 },
      ];
}
