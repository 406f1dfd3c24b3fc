import type { PassContext } from '@flatbit/core';
import { quantizable, type QuantizableOptions } from '@flatbit/layers';
import { expectClose, expectNoTensorLeak, expectSameBits, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const clean: PassContext = { phase: 'clean', epoch: 0, step: 0, inference: false };
const perturbed: PassContext = { ...clean, phase: 'perturbed' };
const asIs = (_: unknown, value: tf.Tensor) => value;

/** A batch norm with momentum 0.9 over one channel, moving mean 0 and variance 1. */
function network(axis = -1, shape = [1]): tf.LayersModel {
  return tf.sequential({
    layers: [tf.layers.batchNormalization({ axis, momentum: 0.9, epsilon: 0, inputShape: shape })],
  });
}

function moving(model: tf.LayersModel): number[] {
  return model.layers[0]!.getWeights()
    .slice(2)
    .flatMap((weight) => [...weight.dataSync()]);
}

/** Clean pass over [1, 3], perturbed pass over [10, 14], then the statistics move. */
function twoPasses(options: QuantizableOptions, healthy = true): number[] {
  const model = network();
  const adapted = quantizable(model, options);
  adapted.forward([tf.tensor2d([[1], [3]])], clean, asIs);
  adapted.forward([tf.tensor2d([[10], [14]])], perturbed, asIs);
  adapted.moveStatistics(tf.scalar(healthy, 'bool'));
  adapted.dispose();
  return moving(model);
}

describe('moving statistics', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  // [1, 3]: mean 2, variance 1 biased, 2 unbiased. [10, 14]: mean 12, variance 4 biased, 8 unbiased.
  it('move with the clean pass alone, and once', () => {
    expectClose(twoPasses({}), [0.9 * 0 + 0.1 * 2, 0.9 * 1 + 0.1 * 2]);
  });

  it('move with the perturbed pass on request', () => {
    expectClose(twoPasses({ statistics: 'perturbed' }), [0.1 * 12, 0.9 + 0.1 * 8]);
  });

  it('move twice on request, clean first', () => {
    expectClose(twoPasses({ statistics: 'both' }), [0.9 * 0.2 + 0.1 * 12, 0.9 * 1.1 + 0.1 * 8]);
  });

  it('stay when frozen, and are then what normalises', () => {
    expectSameBits(tf.tensor1d(twoPasses({ statistics: 'frozen' })), [0, 1]);
    const adapted = quantizable(network(), { statistics: 'frozen' });
    const [output] = adapted.forward([tf.tensor2d([[1], [3]])], clean, asIs);
    expectClose(output!, [1, 3]);
    adapted.dispose();
  });

  it('use the biased variance for parity with the stock layer', () => {
    expectClose(twoPasses({ variance: 'biased' }), [0.2, 0.9 + 0.1 * 1]);
  });

  it('stay where the step was not healthy', () => {
    expectSameBits(tf.tensor1d(twoPasses({}, false)), [0, 1]);
  });

  it('do not move when the step is given up', () => {
    const model = network();
    const adapted = quantizable(model);
    adapted.forward([tf.tensor2d([[1], [3]])], clean, asIs);
    adapted.discardStatistics();
    adapted.moveStatistics(tf.scalar(true, 'bool'));
    expectSameBits(tf.tensor1d(moving(model)), [0, 1]);
    adapted.dispose();
  });

  it('of a layer that is called twice move once, by the mean of its calls', () => {
    const norm = tf.layers.batchNormalization({ momentum: 0.9, epsilon: 0, trainable: true });
    const [a, b] = [tf.input({ shape: [1] }), tf.input({ shape: [1] })];
    const model = tf.model({
      inputs: [a, b],
      outputs: [norm.apply(a), norm.apply(b)] as tf.SymbolicTensor[],
    });
    const adapted = quantizable(model);
    adapted.forward([tf.tensor2d([[1], [3]]), tf.tensor2d([[10], [14]])], clean, asIs);
    adapted.moveStatistics(tf.scalar(true, 'bool'));
    adapted.dispose();
    const [mean, variance] = norm
      .getWeights()
      .slice(2)
      .map((weight) => weight.dataSync()[0]!);
    expectClose(mean!, 0.1 * ((2 + 12) / 2));
    expectClose(variance!, 0.9 + 0.1 * ((2 + 8) / 2));
  });

  it('normalise another axis than the last', () => {
    const x = tf.randomNormal([3, 2, 4], 1, 2, 'float32', 5);
    const stock = tf.layers.batchNormalization({ axis: 1, inputShape: [2, 4] });
    const model = tf.sequential({ layers: [stock] });
    // By hand: the stock layer (4.22) mixes up the axes here.
    const { mean, variance } = tf.moments(x, [0, 2], true);
    const expected = x.sub(mean).div(variance.add(1e-3).sqrt());
    const adapted = quantizable(model);
    const [output] = adapted.forward([x], clean, asIs);
    expectClose(output!, expected, { relative: 1e-4 });
    expect(output!.shape).to.deep.equal([3, 2, 4]);
    adapted.dispose();
  });

  it('leave no tensor behind', async () => {
    const model = network();
    const x = tf.tensor2d([[1], [3]]);
    await expectNoTensorLeak(() =>
      tf.tidy(() => {
        const adapted = quantizable(model, { statistics: 'both' });
        adapted.forward([x], clean, asIs);
        adapted.forward([x], perturbed, asIs);
        adapted.moveStatistics(tf.scalar(true, 'bool'));
        adapted.dispose();
      }),
    );
  });
});
