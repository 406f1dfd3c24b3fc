import * as tf from '@tensorflow/tfjs';
import { batchNormRelu } from './batch-norm-relu.js';
import { classifier } from './classifier.js';
import { convolution } from './convolution.js';
import { completeOptions, type ModelOptions } from './model-options.js';

/**
 * Three convolutions that learn digits in seconds: images `[batch, height, width, channels]` to logits `[batch, classes]`.
 *
 * 3×3 convolutions of `width`, `2 width` and `4 width` channels, each followed by batch norm and ReLU, the last two with stride 2; then
 * global average pool and dense. Layers are called `conv1`, `bn1`, `relu1`, …, `pool`, `dense`. Unless told otherwise:
 * `inputShape` [28, 28, 1], `classes` 10, `width` 16, `seed` 0.
 * @throws UsageError when a size is not a positive integer or the seed is not an integer
 */
export function smallCnn(options: ModelOptions = {}): tf.LayersModel {
  const { inputShape, classes, width, seed } = completeOptions(options, {
    inputShape: [28, 28, 1],
    classes: 10,
    width: 16,
  });
  const input = tf.input({ shape: [...inputShape], name: 'input' });
  let features: tf.SymbolicTensor = input;
  for (const [index, strides] of [1, 2, 2].entries()) {
    const position = index + 1;
    features = convolution(features, {
      name: `conv${position}`,
      filters: width * 2 ** index,
      kernelSize: 3,
      strides,
      seed,
    });
    features = batchNormRelu(features, { batchNorm: `bn${position}`, relu: `relu${position}` });
  }
  return tf.model({ inputs: input, outputs: classifier(features, { classes, seed }), name: 'small-cnn' });
}
