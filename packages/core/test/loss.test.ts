import { accuracy, type Loss, meanSquaredError, softmaxCrossEntropy, UsageError } from '@flatbit/core';
import { expectClose, expectNoTensorLeak, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

describe('losses', () => {
  before(() => tf.setBackend(testEngine));

  const logits = [
    [2, -1, 0.5],
    [0, 0, 0],
    [-3, 4, 1],
    [100, 0, -100],
  ];
  const labels = [0, 2, 2, 0];

  /** Value and gradient of a loss at its first output. */
  function valueAndGradient(loss: (output: tf.Tensor) => tf.Scalar, at: tf.TensorLike) {
    return tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((output: tf.Tensor) => loss(output))(tf.tensor(at));
      return { value: value.dataSync(), gradient: grad.dataSync() };
    });
  }
  const oneHot = () => tf.oneHot(tf.tensor1d(labels, 'int32'), 3).toFloat();

  it('softmaxCrossEntropy agrees with tf.losses in value and gradient', () => {
    const ours = valueAndGradient(
      (output) => softmaxCrossEntropy([output], [tf.tensor1d(labels, 'int32')]),
      logits,
    );
    const stock = valueAndGradient(
      (output) => tf.losses.softmaxCrossEntropy(oneHot(), output) as tf.Scalar,
      logits,
    );
    expectClose(ours.value, stock.value);
    expectClose(ours.gradient, stock.gradient);
  });

  it('softmaxCrossEntropy refuses labels that are not one int32 per row of logits', () => {
    const ofShape = (shape: number[], ...[labelShape, dtype]: [number[], 'int32' | 'float32']) =>
      tf.tidy(() => softmaxCrossEntropy([tf.zeros(shape)], [tf.zeros(labelShape, dtype)]));
    const takes = 'takes logits [batch, classes] and int32 labels [batch]';
    expect(() => ofShape([3, 2], [2], 'int32')).to.throw(
      UsageError,
      `softmaxCrossEntropy: got logits [3, 2] and int32 labels [2]; ${takes}`,
    );
    expect(() => ofShape([2, 1, 2], [2], 'int32')).to.throw(UsageError, 'got logits [2, 1, 2]');
    expect(() => ofShape([2, 2], [2, 1], 'int32')).to.throw(UsageError, 'int32 labels [2, 1]');
    expect(() => ofShape([2, 2], [2], 'float32')).to.throw(UsageError, 'float32 labels [2]');
  });

  it('softmaxCrossEntropy is log 2 between two equal logits, with gradient ±1/2 over the batch', () => {
    const { value, gradient } = valueAndGradient(
      (output) => softmaxCrossEntropy([output], [tf.tensor1d([0, 1], 'int32')]),
      [
        [1, 1],
        [7, 7],
      ],
    );
    expectClose(value, [Math.log(2)]);
    // softmax − onehot = ±1/2, over two examples
    expectClose(gradient, [-0.25, 0.25, 0.25, -0.25]);
  });

  it('softmaxCrossEntropy follows the gradient that reaches it', () => {
    const scaled = (factor: number) =>
      valueAndGradient(
        (output) =>
          softmaxCrossEntropy([output], [tf.tensor1d(labels, 'int32')])
            .mul(factor)
            .asScalar(),
        logits,
      ).gradient;
    expectClose(
      scaled(3),
      scaled(1).map((value) => 3 * value),
    );
  });

  it('softmaxCrossEntropy stays finite at logits of ±1e4', () => {
    const { value, gradient } = valueAndGradient(
      (output) => softmaxCrossEntropy([output], [tf.tensor1d([1], 'int32')]),
      [[1e4, -1e4]],
    );
    // logsumexp(z) − z_1 = 1e4 + 1e4
    expectClose(value, [2e4]);
    expectClose(gradient, [1, -1]);
  });

  it('meanSquaredError agrees with tf.losses, and takes integer targets', () => {
    const targets = [
      [1, 0, 2],
      [0, 0, 0],
      [1, 1, 1],
      [3, 2, 1],
    ];
    const ours = valueAndGradient(
      (output) => meanSquaredError([output], [tf.tensor(targets, undefined, 'int32')]),
      logits,
    );
    const stock = valueAndGradient(
      (output) => tf.losses.meanSquaredError(tf.tensor(targets), output) as tf.Scalar,
      logits,
    );
    expectClose(ours.value, stock.value);
    expectClose(ours.gradient, stock.gradient);
  });

  it('accuracy is the share of largest logits at their label', () => {
    tf.tidy(() => {
      // Largest at 0, 0 (the first of equals), 1, 0; labels 0, 2, 2, 0: two of four.
      expectClose(accuracy([tf.tensor(logits)], [tf.tensor1d(labels, 'int32')]), 0.5);
      const stock = tf.metrics.categoricalAccuracy(oneHot(), tf.tensor(logits)).mean();
      expectClose(accuracy([tf.tensor(logits)], [tf.tensor1d(labels, 'int32')]), stock.dataSync());
    });
  });

  it('leave nothing behind but their value', () => {
    const output = tf.tensor(logits);
    const target = tf.tensor1d(labels, 'int32');
    for (const loss of [softmaxCrossEntropy, accuracy] as Loss[]) {
      expectNoTensorLeak(() => tf.tidy(() => void loss([output], [target])));
    }
    expectNoTensorLeak(() => valueAndGradient((at) => softmaxCrossEntropy([at], [target]), logits));
    tf.dispose([output, target]);
  });
});
