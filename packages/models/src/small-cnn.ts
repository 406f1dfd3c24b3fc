import * as tf from '@tensorflow/tfjs';
import { batchNormRelu } from './batch-norm-relu.js';
import { classifier } from './classifier.js';
import { convolution } from './convolution.js';
import { completeOptions, type ModelOptions } from './model-options.js';

/** From the first convolution to the last: channels as a multiple of `width`, and stride. */
const convolutions = [
  { multiple: 1, strides: 2 },
  { multiple: 1, strides: 1 },
  { multiple: 2, strides: 2 },
  { multiple: 2, strides: 1 },
  { multiple: 4, strides: 2 },
  { multiple: 8, strides: 2 },
];

/**
 * Six convolutions that learn digits in a minute: images `[batch, height, width, channels]` to logits `[batch, classes]`.
 *
 * 3×3 convolutions of `width`, `width`, `2 width`, `2 width`, `4 width` and `8 width` channels, each followed by batch norm and ReLU; the first,
 * third, fifth and sixth halve height and width, so that the last sees the whole of a 28 × 28 image; then global average pool and dense.
 * Layers are called `conv1`, `bn1`, `relu1`, …, `pool`, `dense`. Unless told otherwise: `inputShape` [28, 28, 1], `classes` 10, `width` 16,
 * `seed` 0.
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
  convolutions.forEach(({ multiple, strides }, index) => {
    const position = index + 1;
    const filters = multiple * width;
    features = convolution(features, { name: `conv${position}`, filters, kernelSize: 3, strides, seed });
    features = batchNormRelu(features, { batchNorm: `bn${position}`, relu: `relu${position}` });
  });
  return tf.model({ inputs: input, outputs: classifier(features, { classes, seed }), name: 'small-cnn' });
}
