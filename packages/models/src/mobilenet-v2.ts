import * as tf from '@tensorflow/tfjs';
import { batchNormRelu } from './batch-norm-relu.js';
import { classifier } from './classifier.js';
import { convolution, type ConvolutionSpec } from './convolution.js';
import { invertedResidual, type InvertedResidualStyle } from './inverted-residual.js';
import { completeOptions, type ModelOptions } from './model-options.js';

/** The stages of MobileNetV2: expansion, channels at width 32, number of blocks, stride of the first at 224×224 and at 32×32. */
const stages = [
  { expansion: 1, channels: 16, blocks: 1, strides: { large: 1, small: 1 } },
  { expansion: 6, channels: 24, blocks: 2, strides: { large: 2, small: 1 } },
  { expansion: 6, channels: 32, blocks: 3, strides: { large: 2, small: 2 } },
  { expansion: 6, channels: 64, blocks: 4, strides: { large: 2, small: 2 } },
  { expansion: 6, channels: 96, blocks: 3, strides: { large: 1, small: 1 } },
  { expansion: 6, channels: 160, blocks: 3, strides: { large: 2, small: 2 } },
  { expansion: 6, channels: 320, blocks: 1, strides: { large: 1, small: 1 } },
] as const;

/** Which of the seventeen inverted residuals a block of a stage is; all count from 1. */
export function blockPosition(stage: number, block: number): number {
  return stages.slice(0, stage - 1).reduce((sum, { blocks }) => sum + blocks, block);
}

/**
 * MobileNetV2 for ImageNet (Sandler et al., arXiv 1801.04381), as torchvision builds it, less its dropout: images
 * `[batch, height, width, channels]` to logits `[batch, classes]`.
 *
 * A 3×3 convolution of stride 2, seventeen inverted residuals, a 1×1 convolution, global average pool, dense; ReLU6; the first block
 * has no expansion, and a block adds its input where the shape stays. Layers are called `conv`, `conv/bn`, `conv/relu`,
 * `stage1/block1/depthwise`, `stage2/block1/expand`, …, `head`, `head/bn`, `head/relu`, `pool`, `dense`.
 *
 * Unless told otherwise: `inputShape` [224, 224, 3], `classes` 1000, `width` 32, `seed` 0. Other widths scale all channels, rounded up.
 * @throws UsageError when a size is not a positive integer or the seed is not an integer
 */
export function mobilenetV2(options: ModelOptions = {}): tf.LayersModel {
  return build(completeOptions(options, { inputShape: [224, 224, 3], classes: 1000, width: 32 }), {
    name: 'mobilenetv2',
    size: 'large',
    maxValue: 6,
    expandsByOne: false,
    projectsShortcut: false,
  });
}

/**
 * MobileNetV2 for small images: {@link mobilenetV2} with stride 1 in the first convolution and in the second stage, ReLU, an expansion
 * in the first block too, and a 1×1 convolution with batch norm as shortcut (`stage1/block1/shortcut`) where a block of stride 1
 * changes the channels.
 *
 * Unless told otherwise: `inputShape` [32, 32, 3], `classes` 100, `width` 32, `seed` 0. Other widths scale all channels, rounded up.
 * @throws UsageError when a size is not a positive integer or the seed is not an integer
 */
export function mobilenetV2Cifar(options: ModelOptions = {}): tf.LayersModel {
  return build(completeOptions(options, { inputShape: [32, 32, 3], classes: 100, width: 32 }), {
    name: 'mobilenetv2-cifar',
    size: 'small',
    expandsByOne: true,
    projectsShortcut: true,
  });
}

interface Variant extends InvertedResidualStyle {
  readonly name: string;
  readonly size: 'large' | 'small';
}

function build(
  { inputShape, classes, width, seed }: Required<ModelOptions>,
  { name, size, ...style }: Variant,
): tf.LayersModel {
  const scaled = (channels: number) => Math.ceil((channels * width) / 32);
  const rectified = (features: tf.SymbolicTensor, spec: ConvolutionSpec) =>
    batchNormRelu(convolution(features, spec), {
      batchNorm: `${spec.name}/bn`,
      relu: `${spec.name}/relu`,
      ...(style.maxValue !== undefined && { maxValue: style.maxValue }),
    });
  const input = tf.input({ shape: [...inputShape], name: 'input' });
  const stem = { name: 'conv', filters: width, kernelSize: 3, strides: size === 'large' ? 2 : 1, seed };
  let features = rectified(input, stem);
  stages.forEach(({ expansion, channels, blocks, strides }, index) => {
    for (let block = 1; block <= blocks; block++) {
      features = invertedResidual(features, {
        name: `stage${index + 1}/block${block}`,
        expansion,
        filters: scaled(channels),
        strides: block === 1 ? strides[size] : 1,
        seed,
        ...style,
      });
    }
  });
  features = rectified(features, { name: 'head', filters: scaled(1280), kernelSize: 1, seed });
  return tf.model({ inputs: input, outputs: classifier(features, { classes, seed }), name });
}
