import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose } from '@flatbit/testing';
import { pactQuantizer } from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';
import { activationOf, quantizeWithGradients, weightOf } from './operands.js';

for (const engine of engines) {
  describe(`pactQuantizer, on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));
    const pact = pactQuantizer();

    it('clips, rounds, and gives its clip value the gradient of what lies at or above it', () => {
      // alpha = 2: 1 / 2 * 3 = 1.5, to even 2, of 3: 4/3.
      const x = tf.tensor1d([-1, 0, 1, 2, 5]);
      const upstream = tf.tensor1d([1, 2, 3, 4, 5]);
      const pass = quantizeWithGradients(pact, x, { clipValue: tf.scalar(2) }, activationOf(2), upstream);
      expectClose(pass.value, [0, 0, 4 / 3, 2, 2]);
      expectClose(pass.toValue, [0, 2, 3, 0, 0]);
      // No q - u in range, unlike LIQ: 4 + 5.
      expectClose(pass.toParameters[0]!, 9);
    });

    it('counts the float32 below its clip value as in range', () => {
      const below = Math.fround(0.7) - 2 ** -24;
      const x = tf.tensor1d([below, 0.7]);
      const pass = quantizeWithGradients(pact, x, { clipValue: tf.scalar(0.7) }, activationOf(4));
      expectClose(pass.toValue, [1, 0]);
      expectClose(pass.toParameters[0]!, 1);
    });

    it('turns the gradient of a negative clip value round', () => {
      const x = tf.tensor1d([0.5, 5]);
      const pass = quantizeWithGradients(pact, x, { clipValue: tf.scalar(-1) }, activationOf(1));
      expectClose(pass.value, [0, 1]);
      expectClose(pass.toParameters[0]!, -1);
    });

    it('starts at the largest magnitude, and at 10 before any data', () => {
      expectClose(pact.initialize(tf.tensor1d([0, 3, 1]), activationOf(4))['clipValue']!, 3);
      expect(pact.parameters(activationOf(4))).to.deep.equal([
        { name: 'clipValue', kind: 'clip', shape: [], initial: 10 },
      ]);
      expectClose(pactQuantizer({ start: 6 }).initialize(tf.zeros([3]), activationOf(4))['clipValue']!, 6);
    });

    it('refuses weights and signed activations', () => {
      expect(() => pact.parameters(weightOf(4))).to.throw(
        RangeError,
        'quantizer "pact" takes activations, not the weight of a dense layer; give weights one of their own: quantizer: { weight: …, activation: … }',
      );
      expect(() => pact.parameters(activationOf(4, { signed: true }))).to.throw(
        RangeError,
        'quantizer "pact" has no levels below zero for the signed activation of a dense layer; choose another quantizer there',
      );
    });
  });
}
