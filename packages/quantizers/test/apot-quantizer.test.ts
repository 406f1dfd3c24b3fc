import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose } from '@flatbit/testing';
import { apotQuantizer } from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';
import { activationOf, levelCount, quantizeWithGradients, weightOf } from './operands.js';

for (const engine of engines) {
  describe(`apotQuantizer, on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));
    const apot = apotQuantizer();

    /** Every level of an unsigned activation, times `largest`. */
    const levelsAt = (bits: number, largest: number) => {
      const values = tf.range(0, 2 * largest + 1).div(2); // whole levels, and half-way between them
      const clipValue = tf.scalar(largest);
      return [...new Set(apot.fakeQuantize(values, { clipValue }, activationOf(bits)).dataSync())];
    };

    it('has sums of powers of two for levels', () => {
      expectClose(levelsAt(1, 1), [0, 1]);
      // One of 0, 1/8, 1/4, 1/2.
      expectClose(levelsAt(2, 4), [0, 1, 2, 4]);
      // One of 0, 1/16, 1/4, 1/2 plus 0 or 1/8, in sixteenths.
      expectClose(levelsAt(3, 10), [0, 1, 2, 3, 4, 6, 8, 10]);
      // One of 0, 1/32, 1/8, 1/2 plus one of 0, 1/64, 1/16, 1/4, in sixty-fourths.
      expectClose(levelsAt(4, 48), [0, 1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 33, 36, 48]);
    });

    it('has all the levels that its bits can tell apart', () => {
      const clipValue = tf.scalar(1);
      const values = tf.linspace(0, 1, 20001);
      for (const bits of [5, 6, 7])
        expect(levelCount(apot.fakeQuantize(values, { clipValue }, activationOf(bits)))).to.equal(2 ** bits);
    });

    it('snaps weights to the nearest level of either sign, half-way to the larger one', () => {
      // 3 bits, 2 of them for the magnitude: levels 0, 1/4, 1/2, 1 of 2, which meet at 1/8, 3/8, 3/4.
      const v = tf.tensor1d([-3, -1.6, -1.4, -0.2, 0.25, 0.7, 0.8, 1.5, 2]);
      const pass = quantizeWithGradients(apot, v, { clipValue: tf.scalar(2) }, weightOf(3));
      expectClose(pass.value, [-2, -2, -1, 0, 0.5, 0.5, 1, 2, 2]);
      expectClose(pass.toValue, [0, 1, 1, 1, 1, 1, 1, 1, 1]);
      // -1 + (-1 + 0.8) + (-0.5 + 0.7) + 0.1 + (0.25 - 0.125) + (0.25 - 0.35) + (0.5 - 0.4) + (1 - 0.75) + 0 = -0.525.
      expectClose(pass.toParameters[0]!, -0.525);
      const mirrored = quantizeWithGradients(apot, v, { clipValue: tf.scalar(-2) }, weightOf(3));
      expectClose(mirrored.value, pass.value);
      expectClose(mirrored.toParameters[0]!, 0.525);
    });

    it('clips an unsigned activation at zero, and serves a signed one', () => {
      const v = tf.tensor2d([[-1, 0.3, 0.9, 5]]);
      const pass = quantizeWithGradients(apot, v, { clipValue: tf.scalar(1) }, activationOf(2));
      // Levels 0, 1/4, 1/2, 1.
      expectClose(pass.value.flatten(), [0, 0.25, 1, 1]);
      expectClose(pass.toValue.flatten(), [0, 1, 1, 0]);
      // 0 + (0.25 - 0.3) + (1 - 0.9) + 1.
      expectClose(pass.toParameters[0]!, 1.05);
      const signed = activationOf(2, { signed: true });
      expectClose(apot.fakeQuantize(v, { clipValue: tf.scalar(1) }, signed).flatten(), [-1, 0, 1, 1]);
    });

    it('has a clip value per output channel if told so', () => {
      const perChannel = apotQuantizer({ granularity: 'perChannel', start: { maxAbs: 1 } });
      const target = weightOf(2, { shape: [2, 2] });
      const weight = tf.tensor2d([
        [-1, 30],
        [3, 10],
      ]);
      const { clipValue } = perChannel.initialize(weight, target);
      expectClose(clipValue!, tf.tensor2d([[3, 30]]));
      // -1/3 and 1/3 are nearer to 0 than to 1.
      expectClose(
        perChannel.fakeQuantize(weight, { clipValue: clipValue! }, target).flatten(),
        [0, 30, 3, 0],
      );
    });

    it('refuses more bits than a table is good for, and a sign without a magnitude', () => {
      expect(() => apot.parameters(weightOf(1))).to.throw(RangeError, 'takes 2 to 8 bits for the weight of');
      expect(() => apot.parameters(activationOf(9))).to.throw(
        RangeError,
        'takes 1 to 8 bits for the activation of',
      );
    });
  });
}
