import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type RegisteredVariable, UsageError } from '@flatbit/core';
import { sgd } from '@flatbit/optimizers';
import { expectClose, testEngine } from '@flatbit/testing';
import { parameterOf, step, valuesOf } from './training-parameter.js';

describe('sgd', () => {
  before(() => tf.setBackend(testEngine));

  it('descends along the gradient, at the rate times the factor of the step', () => {
    const p = parameterOf('p', [1, -2]);
    const optimizer = sgd({ learningRate: 0.1 });
    optimizer.prepare([p]);
    step(optimizer, [p], { p: [0.5, 4] });
    // 1 − 0.1·0.5 = 0.95; −2 − 0.1·4 = −2.4
    expectClose(valuesOf(p), [0.95, -2.4]);
    step(optimizer, [p], { p: [0.5, 4] }, { learningRateFactor: 0.1 });
    // 0.95 − 0.01·0.5 = 0.945; −2.4 − 0.01·4 = −2.44
    expectClose(valuesOf(p), [0.945, -2.44]);
    assert.equal(optimizer.slots().size, 0);
  });

  it('gathers momentum', () => {
    const p = parameterOf('p', [1]);
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    optimizer.prepare([p]);
    step(optimizer, [p], { p: [2] });
    // v = 0.9·0 + 2 = 2; p = 1 − 0.1·2 = 0.8
    expectClose(valuesOf(p), [0.8]);
    step(optimizer, [p], { p: [1] });
    // v = 0.9·2 + 1 = 2.8; p = 0.8 − 0.28 = 0.52
    expectClose(valuesOf(p), [0.52]);
    expectClose(optimizer.slots().get('p/momentum')!.dataSync(), [2.8]);
  });

  it("looks ahead with Nesterov's momentum and decays with the weight", () => {
    const p = parameterOf('p', [1]);
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.5 });
    optimizer.prepare([p]);
    step(optimizer, [p], { p: [2] });
    // g = 2 + 0.5·1 = 2.5; v = 2.5; p = 1 − 0.1·(2.5 + 0.9·2.5) = 1 − 0.475 = 0.525
    expectClose(valuesOf(p), [0.525]);
    step(optimizer, [p], { p: [1] });
    // g = 1 + 0.5·0.525 = 1.2625; v = 0.9·2.5 + 1.2625 = 3.5125
    // p = 0.525 − 0.1·(1.2625 + 0.9·3.5125) = 0.525 − 0.442375 = 0.082625
    expectClose(valuesOf(p), [0.082625]);
    expectClose(optimizer.slots().get('p/momentum')!.dataSync(), [3.5125]);
  });

  it('keeps momentum apart from the rate, so that a new rate counts at once', () => {
    const p = parameterOf('p', [0]);
    const optimizer = sgd({ learningRate: 1, momentum: 0.5 });
    optimizer.prepare([p]);
    step(optimizer, [p], { p: [1] });
    step(optimizer, [p], { p: [0] }, { learningRateFactor: 0.1 });
    // v = 1, p = −1; then v = 0.5, p = −1 − 0.1·0.5 = −1.05
    expectClose(valuesOf(p), [-1.05]);
  });

  for (const nesterov of [false, true]) {
    it(`takes the steps of tf.train.momentum${nesterov ? ", Nesterov's too" : ''}`, () => {
      const start = [0.3, -1.2, 2.5];
      const p = parameterOf('p', start);
      const optimizer = sgd({ learningRate: 0.05, momentum: 0.8, nesterov });
      optimizer.prepare([p]);
      const theirs = tf.variable(tf.tensor1d(start), true, `theirs-${nesterov}`);
      const stock = tf.train.momentum(0.05, 0.8, nesterov);
      for (let index = 0; index < 10; index += 1) {
        const gradient = [Math.sin(index), Math.cos(3 * index), index - 4];
        step(optimizer, [p], { p: gradient });
        tf.tidy(() => stock.applyGradients([{ name: theirs.name, tensor: tf.tensor1d(gradient) }]));
      }
      expectClose(valuesOf(p), [...theirs.dataSync()], { relative: 1e-5 });
    });
  }

  it('keeps the shape of every parameter and slot', () => {
    const kernel = { ...parameterOf('kernel', []), variable: tf.variable(tf.ones([2, 1, 3])) };
    const scalar = { ...parameterOf('clip', []), variable: tf.variable(tf.scalar(1)) };
    const optimizer = sgd({ learningRate: 1, momentum: 0.9 });
    optimizer.prepare([kernel, scalar]);
    const shapes = (parameters: readonly RegisteredVariable[]) =>
      parameters.map(({ variable }) => variable.shape);
    tf.tidy(() =>
      optimizer.update(
        [
          { parameter: kernel, gradient: tf.ones([2, 1, 3]) },
          { parameter: scalar, gradient: tf.scalar(2) },
        ],
        { learningRateFactor: 1, healthy: tf.scalar(true, 'bool') },
      ),
    );
    assert.deepEqual(shapes([kernel, scalar]), [[2, 1, 3], []]);
    assert.deepEqual(
      [...optimizer.slots()].map(([name, { shape }]) => [name, shape]),
      [
        ['kernel/momentum', [2, 1, 3]],
        ['clip/momentum', []],
      ],
    );
    expectClose(scalar.variable.dataSync(), [-1]);
  });

  it('says which option is out of range, what it got and what it takes', () => {
    const refused = (options: object) => () => sgd(options as { learningRate: number });
    const message = (text: string) => ({ name: UsageError.name, message: text });
    assert.throws(refused({}), message('sgd learningRate: got nothing; takes a finite number from 0 up'));
    assert.throws(
      refused({ learningRate: -1 }),
      message('sgd learningRate: got -1; takes a finite number from 0 up'),
    );
    assert.throws(
      refused({ learningRate: 1, momentum: 1 }),
      message('sgd momentum: got 1; takes a number from 0 up, below 1'),
    );
    assert.throws(
      refused({ learningRate: 1, weightDecay: NaN }),
      message('sgd weightDecay: got NaN; takes a finite number from 0 up'),
    );
    assert.throws(
      refused({ learningRate: 1, nesterov: true }),
      message('sgd nesterov: got true with momentum 0; takes true with a momentum above 0'),
    );
    assert.throws(
      refused({ learningRate: 1, groups: [{}, { learningRate: Infinity }] }),
      message('sgd groups[1].learningRate: got Infinity; takes a finite number from 0 up'),
    );
    assert.throws(
      refused({ learningRate: 1, groups: [{ rate: 1 }] }),
      message(
        'sgd groups[0].rate: no such setting; a group takes roles, keys, learningRate, momentum, weightDecay',
      ),
    );
  });
});
