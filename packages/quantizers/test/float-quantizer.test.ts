import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose, testEngine } from '@flatbit/testing';
import { floatQuantizer } from '@flatbit/quantizers';
import { activationOf, weightOf } from './operands.js';

describe('floatQuantizer', () => {
  before(() => tf.setBackend(testEngine));

  it('leaves the value and its gradient as they are, at any bits, in a tensor of its own', () => {
    const float = floatQuantizer();
    const value = tf.tensor1d([-1.5, NaN, Infinity, 0.1]);
    for (const target of [weightOf(1), activationOf(31, { signed: true })]) {
      expect(float.parameters(target)).to.deep.equal([]);
      expect(float.initialize(value, target)).to.deep.equal({});
      const quantized = float.fakeQuantize(value, {}, target);
      expectClose(quantized, value);
      quantized.dispose();
      expect(value.isDisposed).to.equal(false);
      const upstream = tf.tensor1d([1, 2, 3, 4]);
      expectClose(tf.grad((input) => float.fakeQuantize(input, {}, target))(value, upstream), upstream);
    }
  });
});
