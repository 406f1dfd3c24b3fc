import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { UsageError } from '@flatbit/core';
import { adam } from '@flatbit/optimizers';
import { expectClose, testEngine } from '@flatbit/testing';
import { parameterOf, step, valuesOf } from './training-parameter.js';

describe('adam', () => {
  before(() => tf.setBackend(testEngine));

  it('takes the two steps that are worked out here', () => {
    const p = parameterOf('p', [1]);
    const optimizer = adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 1 });
    optimizer.prepare([p]);
    step(optimizer, [p], { p: [2] });
    // m = 0.5·2 = 1; v = 0.25·4 = 1; c1 = 1 − 0.5 = 0.5; c2 = 1 − 0.75 = 0.25
    // p = 1 − 0.1·(1/0.5) / (√(1/0.25) + 1) = 1 − 0.1·2/3 = 0.9333333
    expectClose(valuesOf(p), [1 - 0.2 / 3]);
    step(optimizer, [p], { p: [-4] });
    // m = 0.5·1 − 0.5·4 = −1.5; v = 0.75·1 + 0.25·16 = 4.75; c1 = 0.75; c2 = 1 − 0.5625 = 0.4375
    // p += 0.1·2 / (√10.857143 + 1) = 0.2/4.2950179 = 0.0465656
    expectClose(valuesOf(p), [1 - 0.2 / 3 + 0.2 / (Math.sqrt(4.75 / 0.4375) + 1)]);
    const slots = optimizer.slots();
    assert.deepEqual([...slots.keys()], ['step', 'p/firstMoment', 'p/secondMoment']);
    expectClose(slots.get('step')!.dataSync(), [2]);
    expectClose(slots.get('p/firstMoment')!.dataSync(), [-1.5]);
    expectClose(slots.get('p/secondMoment')!.dataSync(), [4.75]);
  });

  it('decays with the weight through both moments', () => {
    const p = parameterOf('p', [2]);
    const optimizer = adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, weightDecay: 0.5 });
    optimizer.prepare([p]);
    step(optimizer, [p], { p: [3] });
    // g = 3 + 0.5·2 = 4; m = 2; v = 0.25·16 = 4; p = 2 − 0.1·(2/0.5)/(√(4/0.25) + 1e-8) = 2 − 0.1·4/4 = 1.9
    expectClose(valuesOf(p), [1.9]);
    expectClose(optimizer.slots().get('p/firstMoment')!.dataSync(), [2]);
    step(optimizer, [p], { p: [0] });
    // g = 0.5·1.9 = 0.95; m = 1 + 0.475 = 1.475; v = 3 + 0.25·0.9025 = 3.225625; c1 = 0.75; c2 = 0.4375
    expectClose(valuesOf(p), [1.9 - (0.1 * (1.475 / 0.75)) / Math.sqrt(3.225625 / 0.4375)]);
  });

  it('steps by the rate at first, whatever the gradient, and by the rate times the factor', () => {
    const p = parameterOf('p', [0, 0]);
    const optimizer = adam({ learningRate: 0.01 });
    optimizer.prepare([p]);
    step(optimizer, [p], { p: [1e-3, -1e3] }, { learningRateFactor: 0.5 });
    // m/c1 = g, √(v/c2) = |g|, epsilon adds 1e-8 to 1e-3
    expectClose(valuesOf(p), [-0.005 / (1 + 1e-5), 0.005]);
  });

  it('corrects the bias with the whole precision of a float, also for a beta2 near 1', () => {
    const p = parameterOf('p', [0]);
    const optimizer = adam({ learningRate: 1, beta2: 1 - 2 ** -20 });
    optimizer.prepare([p]);
    step(optimizer, [p], { p: [1] });
    // 1 − (1 − 2⁻²⁰) is lost to 6 % when the power is taken in float32 first
    expectClose(valuesOf(p), [-1], { relative: 2e-6 });
  });

  it('divides by no correction when beta1 is 0', () => {
    const p = parameterOf('p', [0]);
    const optimizer = adam({ learningRate: 1, beta1: 0 });
    optimizer.prepare([p]);
    step(optimizer, [p], { p: [3] });
    expectClose(valuesOf(p), [-1]);
  });

  it('takes the steps of tf.train.adam', () => {
    const start = [0.3, -1.2, 2.5];
    const p = parameterOf('p', start);
    const optimizer = adam({ learningRate: 0.05, beta1: 0.5, beta2: 0.9, epsilon: 1e-6 });
    optimizer.prepare([p]);
    const theirs = tf.variable(tf.tensor1d(start), true, 'theirs-adam');
    const stock = tf.train.adam(0.05, 0.5, 0.9, 1e-6);
    for (let index = 0; index < 10; index += 1) {
      const gradient = [Math.sin(index), Math.cos(3 * index), index - 4.5];
      step(optimizer, [p], { p: gradient });
      tf.tidy(() => stock.applyGradients([{ name: theirs.name, tensor: tf.tensor1d(gradient) }]));
    }
    expectClose(valuesOf(p), [...theirs.dataSync()], { relative: 2e-5 });
  });

  it('says which option is out of range, what it got and what it takes', () => {
    const refused = (options: object) => () => adam({ learningRate: 1, ...options });
    const message = (text: string) => ({ name: UsageError.name, message: text });
    assert.throws(
      refused({ learningRate: '0.1' }),
      message('adam learningRate: got "0.1"; takes a finite number from 0 up'),
    );
    assert.throws(refused({ beta1: 1 }), message('adam beta1: got 1; takes a number from 0 up, below 1'));
    assert.throws(
      refused({ beta2: -0.1 }),
      message('adam beta2: got -0.1; takes a number from 0 up, below 1'),
    );
    assert.throws(refused({ epsilon: 0 }), message('adam epsilon: got 0; takes a finite number above 0'));
    assert.throws(
      refused({ groups: [{ momentum: 0.5 }] }),
      message(
        'adam groups[0].momentum: no such setting; a group takes roles, keys, learningRate, weightDecay',
      ),
    );
  });
});
