import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose, testEngine } from '@flatbit/testing';
import { dorefaQuantizer } from '@flatbit/quantizers';
import { activationOf, quantizeWithGradients, weightOf } from './operands.js';

describe('dorefaQuantizer', () => {
  before(() => tf.setBackend(testEngine));
  const dorefa = dorefaQuantizer();

  it('squeezes weights by tanh and puts them on levels from -1 to 1', () => {
    // tanh = -0.8, 0.2, 0.4, 0.8; / 1.6 + 1/2 = 0, 0.625, 0.75, 1; * 3 = 0, 1.875, 2.25, 3: indices 0, 2, 2, 3.
    const w = tf.tensor1d([-0.8, 0.2, 0.4, 0.8].map(Math.atanh));
    const pass = quantizeWithGradients(dorefa, w, {}, weightOf(2));
    expectClose(pass.value, [-1, 1 / 3, 1 / 3, 1]);
    // (1 - tanh^2) / 0.8.
    expectClose(pass.toValue, [0.36 / 0.8, 0.96 / 0.8, 0.84 / 0.8, 0.36 / 0.8]);
  });

  it('takes the sign of weights times their mean magnitude at 1 bit, zero counting as positive', () => {
    const w = tf.tensor1d([-1, 0, 3, 0.4]);
    const upstream = tf.tensor1d([1, 2, 3, 4]);
    const pass = quantizeWithGradients(dorefa, w, {}, weightOf(1), upstream);
    expectClose(pass.value, [-1.1, 1.1, 1.1, 1.1]);
    expectClose(pass.toValue, [1, 2, 3, 4]);
  });

  it('clips activations to [0, 1] and rounds them', () => {
    // 0.2 * 3 = 0.6; 0.5 * 3 = 1.5, to even 2.
    const x = tf.tensor1d([-0.5, 0, 0.2, 0.5, 1, 1.5]);
    const pass = quantizeWithGradients(dorefa, x, {}, activationOf(2));
    expectClose(pass.value, [0, 0, 1 / 3, 2 / 3, 1, 1]);
    expectClose(pass.toValue, [0, 1, 1, 1, 1, 0]);
  });

  it('does not hide an infinite weight behind tanh', () => {
    const quantized = dorefa.fakeQuantize(tf.tensor1d([Infinity, 0.5]), {}, weightOf(4));
    expect(Number.isFinite(quantized.dataSync()[0])).to.equal(false);
  });

  it('refuses a signed activation', () => {
    expect(() => dorefa.fakeQuantize(tf.zeros([1]), {}, activationOf(4, { signed: true }))).to.throw(
      RangeError,
      'quantizer "dorefa" has no levels below zero for the signed activation of a dense layer; choose another quantizer there',
    );
  });
});
