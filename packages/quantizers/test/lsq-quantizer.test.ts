import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose } from '@flatbit/testing';
import { lsqQuantizer } from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';
import { activationOf, quantizeWithGradients, weightOf } from './operands.js';

for (const engine of engines) {
  describe(`lsqQuantizer, on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));
    const lsq = lsqQuantizer();

    it('puts weights on the steps from -2 to 1 at 2 bits', () => {
      // s = 0.5: v / s = -4, -2, -1.2, -0.5, 0.2, 0.5, 0.8, 1, 6.
      const v = tf.tensor1d([-2, -1, -0.6, -0.25, 0.1, 0.25, 0.4, 0.5, 3]);
      const pass = quantizeWithGradients(lsq, v, { scale: tf.scalar(0.5) }, weightOf(2));
      expectClose(pass.value, [-1, -1, -0.5, 0, 0, 0, 0.5, 0.5, 0.5]);
      // Strictly inside -2 and 1.
      expectClose(pass.toValue, [0, 0, 1, 1, 1, 1, 1, 0, 0]);
      // -2 - 2 + 0.2 + 0.5 - 0.2 - 0.5 + 0.2 + 1 + 1 = -1.8, times 1 / sqrt(9 * 1).
      expectClose(pass.toParameters[0]!, -0.6);
    });

    it('puts activations on the steps from 0 to 3 at 2 bits, and counts the values of one example', () => {
      const v = tf.tensor2d([
        [0.4, 5, 2.6],
        [-1, 0, 1.2],
      ]);
      const pass = quantizeWithGradients(lsq, v, { scale: tf.scalar(1) }, activationOf(2));
      expectClose(pass.value.flatten(), [0, 3, 3, 0, 0, 1]);
      expectClose(pass.toValue.flatten(), [1, 0, 1, 0, 0, 1]);
      // -0.4 + 3 + 0.4 + 0 + 0 - 0.2 = 2.8, times 1 / sqrt(3 * 3).
      expectClose(pass.toParameters[0]!, 2.8 / 3);
    });

    it('puts signed activations on the steps from -2 to 1 at 2 bits', () => {
      const v = tf.tensor2d([[-3, -0.6, 0.6, 3]]);
      const target = activationOf(2, { signed: true });
      expectClose(lsq.fakeQuantize(v, { scale: tf.scalar(1) }, target).flatten(), [-2, -1, 1, 1]);
    });

    it('starts at twice the mean magnitude over the root of the largest step', () => {
      // Mean 2; Qp = 3 for an unsigned activation and for a weight at 3 bits.
      expectClose(lsq.initialize(tf.tensor1d([1, 3]), activationOf(2))['scale']!, 4 / Math.sqrt(3));
      expectClose(lsq.initialize(tf.tensor1d([-1, 3]), weightOf(3))['scale']!, 4 / Math.sqrt(3));
      expectClose(lsq.initialize(tf.zeros([2]), weightOf(3))['scale']!, 1e-8);
    });

    it('has a step per output channel if told so, and counts the values of one channel', () => {
      const perChannel = lsqQuantizer({ granularity: 'perChannel' });
      const target = weightOf(2, { shape: [2, 2] });
      const weight = tf.tensor2d([
        [-1, 30],
        [3, 10],
      ]);
      expectClose(perChannel.initialize(weight, target)['scale']!, tf.tensor2d([[4, 40]]));
      const parameters = { scale: tf.tensor2d([[1, 10]]) };
      const pass = quantizeWithGradients(perChannel, weight, parameters, target);
      expectClose(pass.value.flatten(), [-1, 10, 1, 10]);
      // Channel 0: (-1 + 1) and 1; channel 1: 1, and 1 at the bound; times 1 / sqrt(2 * 1).
      expectClose(pass.toParameters[0]!, tf.tensor2d([[Math.SQRT1_2, Math.SQRT2]]));
    });

    it('refuses a weight at 1 bit, which would have no level above zero', () => {
      expect(() => lsq.parameters(weightOf(1))).to.throw(
        RangeError,
        'quantizer "lsq" takes 2 to 31 bits for the weight of a dense layer, not 1; change the bits or the quantizer',
      );
      expect(lsq.parameters(activationOf(1))).to.deep.equal([
        { name: 'scale', kind: 'clip', shape: [], initial: 1 },
      ]);
    });
  });
}
