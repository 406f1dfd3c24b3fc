import { fusedKernel } from '@flatbit/kernels';
import * as tf from '@tensorflow/tfjs';
import { UsageError } from './usage-error.js';

/** Mean over the batch of how wrong outputs are; one tensor per model output and target. */
export type Loss = (outputs: readonly tf.Tensor[], targets: readonly tf.Tensor[]) => tf.Scalar;

/** Mean over the batch of a quantity to report. */
export type Metric = Loss;

/**
 * Cross-entropy of logits `[batch, classes]` against int32 labels `[batch]`, in nats: `mean(logsumexp(z) − z_label)`.
 * @throws UsageError for other shapes, and for labels that are not int32.
 */
export const softmaxCrossEntropy: Loss = ([logits], [labels]) => {
  const taken = logits!.rank === 2 && labels!.rank === 1 && labels!.size === logits!.shape[0];
  if (taken && labels!.dtype === 'int32') return crossEntropy(logits!, labels!) as tf.Scalar;
  const got = `logits [${logits!.shape.join(', ')}] and ${labels!.dtype} labels [${labels!.shape.join(', ')}]`;
  throw new UsageError(
    `softmaxCrossEntropy: got ${got}; takes logits [batch, classes] and int32 labels [batch]`,
  );
};

/** Its gradient is `(softmax(z) − onehot(label)) / batch`, computed along with the value. */
const crossEntropy = tf.customGrad((...args) => {
  const [logits, labels, save] = args as unknown as [tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc];
  const [losses, toLogits] =
    fusedKernel('SoftmaxCrossEntropy')?.({ logits, labels }, {}) ?? composedCrossEntropy(logits, labels);
  save([toLogits]);
  const gradFunc = (dy: tf.Tensor, [saved]: tf.Tensor[]) => [
    saved!.mul(dy.div(logits.shape[0])),
    // Labels may be gone by now, all but their shape.
    tf.zeros(labels.shape),
  ];
  return {
    value: losses.sum().div(logits.shape[0]),
    gradFunc: gradFunc as (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  };
});

/** Losses `[batch]`, and what each changes by along the logits `[batch, classes]`. */
function composedCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): [tf.Tensor1D, tf.Tensor2D] {
  const logProbabilities = tf.logSoftmax(logits);
  const oneHot = tf.oneHot(labels, logits.shape[1]).toFloat() as tf.Tensor2D;
  const losses = logProbabilities.mul(oneHot).sum<tf.Tensor1D>(-1).neg();
  return [losses, logProbabilities.exp().sub(oneHot)];
}

/** Mean of squared differences over all elements. */
export const meanSquaredError: Loss = ([outputs], [targets]) =>
  tf.squaredDifference(outputs!, targets!.toFloat()).mean() as tf.Scalar;

/** Share of examples whose largest logit `[batch, classes]` is at the int32 label `[batch]`. */
export const accuracy: Metric = ([logits], [labels]) =>
  tf.argMax(logits!, -1).equal(labels!.toInt()).toFloat().mean() as tf.Scalar;
