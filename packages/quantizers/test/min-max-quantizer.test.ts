import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose } from '@flatbit/testing';
import { minMaxQuantizer } from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';
import { activationOf, gaussian, levelCount, quantizeWithGradients, weightOf } from './operands.js';

for (const engine of engines) {
  describe(`minMaxQuantizer, on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));
    const affine = minMaxQuantizer();
    const symmetric = minMaxQuantizer({ scheme: 'symmetric' });

    it('spreads 4 levels from the least to the largest weight at 2 bits', () => {
      // Scale (2 + 1) / 3 = 1, zero point 1; 0.5 goes to even, 0.
      const pass = quantizeWithGradients(affine, tf.tensor1d([-1, 0, 0.5, 2]), {}, weightOf(2));
      expectClose(pass.value, [-1, 0, 0, 2]);
      expectClose(pass.toValue, [1, 1, 1, 1]);
    });

    it('takes zero into the range of weights on one side of it', () => {
      // 0 to 3, not 2 to 3; -3 to 0, not -3 to -2.
      expectClose(affine.fakeQuantize(tf.tensor1d([2, 2.4, 3]), {}, weightOf(2)), [2, 2, 3]);
      expectClose(affine.fakeQuantize(tf.tensor1d([-2, -2.4, -3]), {}, weightOf(2)), [-2, -2, -3]);
    });

    it('keeps zero exactly zero, whatever the range', () => {
      for (const [min, max] of [
        [-0.3, 1.7],
        [-1, 0.013],
        [0.2, 5],
      ] as const) {
        const quantized = affine.fakeQuantize(tf.tensor1d([min, 0, max]), {}, weightOf(4));
        expect(quantized.dataSync()[1]).to.equal(0);
      }
    });

    it('spreads 2^bits - 1 levels around zero if symmetric', () => {
      // 2 bits: -1, 0, 1 times the largest magnitude, 2; -0.9 / 2 rounds to 0, 1.2 / 2 to 1.
      const quantized = symmetric.fakeQuantize(tf.tensor1d([-0.9, 1.2, -2]), {}, weightOf(2));
      expectClose(quantized, [0, 2, -2]);
      expect(levelCount(symmetric.fakeQuantize(gaussian([100]), {}, weightOf(3)).add(0))).to.equal(7);
    });

    it('spreads 2^bits levels from zero up for an unsigned activation, symmetric or not', () => {
      const x = tf.tensor1d([-1, 0.4, 1.6, 9]);
      const parameters = { min: tf.scalar(-1), max: tf.scalar(3) };
      expectClose(symmetric.fakeQuantize(x, parameters, activationOf(2)), [0, 0, 2, 3]);
      expectClose(affine.fakeQuantize(x, parameters, activationOf(2)), [0, 0, 2, 3]);
    });

    it('spreads levels around zero for a signed activation', () => {
      // Affine: scale (1 + 2) / 3 = 1, zero point 1. Symmetric at 2 bits: -2, 0, 2.
      const x = tf.tensor1d([-5, -0.8, 0.4, 1.4, 5]);
      const parameters = { min: tf.scalar(-1), max: tf.scalar(2) };
      const target = activationOf(2, { signed: true });
      expectClose(affine.fakeQuantize(x, parameters, target), [-1, -1, 0, 1, 2]);
      expectClose(symmetric.fakeQuantize(x, parameters, target), [-2, 0, 0, 2, 2]);
    });

    it('lets the gradient through where the code needs no clipping', () => {
      // Codes 4, -1, 1, 3 (of 3.4), and 0 (of -0.4) on 0 to 3.
      const x = tf.tensor1d([4, -1, 1.4, 3.4, -0.4]);
      const parameters = { min: tf.scalar(0), max: tf.scalar(3) };
      const upstream = tf.tensor1d([1, 2, 3, 4, 5]);
      const toValue = tf.grad((value) => affine.fakeQuantize(value, parameters, activationOf(2)))(
        x,
        upstream,
      );
      expectClose(toValue, [0, 0, 3, 4, 5]);
    });

    it('raises the scale to a power of two if told so, and leaves one that is', () => {
      const shifted = minMaxQuantizer({ powerOfTwoScale: true });
      // Range 2.25, scale 0.75 becomes 1; range 1.5, scale 0.5 stays.
      expectClose(shifted.fakeQuantize(tf.tensor1d([0.9, 2.25]), {}, weightOf(2)), [1, 2]);
      expectClose(shifted.fakeQuantize(tf.tensor1d([0.4, 1.5]), {}, weightOf(2)), [0.5, 1.5]);
      // So do small ones, of which the logarithm of some comes out a bit above the whole number.
      for (const scale of [2 ** -9, 2 ** -13, 2 ** -15]) {
        const onLevels = tf.tensor1d([scale, 3 * scale]);
        expectClose(shifted.fakeQuantize(onLevels, {}, weightOf(2)), onLevels);
      }
    });

    it('takes one range per output channel if told so', () => {
      const perChannel = minMaxQuantizer({ granularity: 'perChannel' });
      const weight = tf.tensor2d([
        [0.4, 40],
        [3, 300],
      ]);
      const target = weightOf(2, { shape: [2, 2] });
      expectClose(perChannel.fakeQuantize(weight, {}, target).flatten(), [0, 0, 3, 300]);
      expectClose(affine.fakeQuantize(weight, {}, target).flatten(), [0, 0, 0, 300]);
    });

    it('is within a step of the weights, half a step if symmetric', () => {
      const weight = gaussian([30, 30]);
      const [min, max] = [weight.min().dataSync()[0]!, weight.max().dataSync()[0]!];
      for (const bits of [2, 8]) {
        const worst = affine.fakeQuantize(weight, {}, weightOf(bits)).sub(weight).abs().max().dataSync()[0]!;
        // The zero point rounds too: the ends may lie another half step out.
        expect(worst).to.be.at.most((max - min) / (2 ** bits - 1));
      }
      const step = Math.max(-min, max) / 127;
      const worst = symmetric.fakeQuantize(weight, {}, weightOf(8)).sub(weight).abs().max().dataSync()[0]!;
      expect(worst).to.be.at.most((step / 2) * 1.0001);
    });

    it('observes the range of an activation, and none of a weight', () => {
      const moving = minMaxQuantizer({ momentum: 0.9 });
      const target = activationOf(8, { signed: true });
      const x = tf.tensor1d([-1, 0.5, 3]);
      const start = moving.initialize(x, target);
      expectClose(start['min']!, -1);
      expectClose(start['max']!, 3);
      // 0.9 * 0 + 0.1 * -1 and 0.9 * 1 + 0.1 * 3.
      const next = moving.observe!(x, { min: tf.scalar(0), max: tf.scalar(1) }, target);
      expectClose(next['min']!, -0.1);
      expectClose(next['max']!, 1.2);
      expect(moving.observe!(x, {}, weightOf(8))).to.deep.equal({});
      expect(moving.initialize(x, weightOf(8))).to.deep.equal({});
    });

    it('has the statistics min and max for an activation, and no parameter for a weight', () => {
      const statistic = { kind: 'statistic', shape: [] };
      expect(affine.parameters(activationOf(8, { signed: true }))).to.deep.equal([
        { ...statistic, name: 'min', initial: -1 },
        { ...statistic, name: 'max', initial: 1 },
      ]);
      expect(affine.parameters(activationOf(8))[0]!.initial).to.equal(0);
      expect(affine.parameters(weightOf(8))).to.deep.equal([]);
    });

    it('refuses bits beyond 2 to 8, and a momentum beyond 0 to 1', () => {
      for (const bits of [1, 9])
        expect(() => affine.parameters(weightOf(bits))).to.throw(
          RangeError,
          `quantizer "minMax" takes 2 to 8 bits for the weight of a dense layer, not ${bits}; change the bits or the quantizer`,
        );
      for (const momentum of [-0.1, 1, NaN])
        expect(() => minMaxQuantizer({ momentum })).to.throw(
          RangeError,
          `quantizer "minMax" cannot take momentum ${momentum}; give a number from 0 to below 1`,
        );
    });
  });
}
