import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose } from '@flatbit/testing';
import { lsqPlusQuantizer, lsqQuantizer } from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';
import { activationOf, gaussian, quantizeWithGradients, weightOf } from './operands.js';

for (const engine of engines) {
  describe(`lsqPlusQuantizer, on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));
    const lsqPlus = lsqPlusQuantizer();

    it('puts activations on steps from a learned offset, whatever their sign', () => {
      // s = 0.5, b = -1: levels -1, -0.5, 0, 0.5. u = (x + 1) / 0.5 = -2, 0.2, 2.4, 2.6, 3, 10.
      const v = tf.tensor2d([
        [-2, -0.9, 0.2],
        [0.3, 0.5, 4],
      ]);
      const parameters = { scale: tf.scalar(0.5), offset: tf.scalar(-1) };
      for (const signed of [false, true]) {
        const pass = quantizeWithGradients(lsqPlus, v, parameters, activationOf(2, { signed }));
        expectClose(pass.value.flatten(), [-1, -1, 0, 0.5, 0.5, 0.5]);
        // Strictly inside 0 and 3.
        expectClose(pass.toValue.flatten(), [0, 1, 1, 1, 0, 0]);
        // 0 - 0.2 - 0.4 + 0.4 + 3 + 3 = 5.8, times 1 / sqrt(3 * 3).
        expectClose(pass.toParameters[0]!, 5.8 / 3);
        // Three are outside, times 1 / 3.
        expectClose(pass.toParameters[1]!, 1);
      }
    });

    it('weighs gradients by those from above, and turns the one to the step with its sign', () => {
      const v = tf.tensor2d([[-2, -0.9, 4]]);
      const parameters = { scale: tf.scalar(-0.5), offset: tf.scalar(-1) };
      const upstream = tf.tensor2d([[5, 10, 100]]);
      const pass = quantizeWithGradients(lsqPlus, v, parameters, activationOf(2), upstream);
      expectClose(pass.value.flatten(), [-1, -1, 0.5]);
      expectClose(pass.toValue.flatten(), [0, 10, 0]);
      // -(5 * 0 - 10 * 0.2 + 100 * 3) / 3, (5 + 100) / 3.
      expectClose(pass.toParameters[0]!, -298 / 3);
      expectClose(pass.toParameters[1]!, 35);
    });

    it('starts at the least value, with the step of least error beside it', () => {
      // -1, 0, 1, 2 are the levels themselves.
      const start = lsqPlus.initialize(tf.tensor2d([[-1, 0, 1, 2]]), activationOf(2, { signed: true }));
      expectClose(start['offset']!, -1);
      expectClose(start['scale']!, 1);
      const zeros = lsqPlus.initialize(tf.zeros([1, 4]), activationOf(2));
      expectClose(zeros['offset']!, 0);
      expect(zeros['scale']!.dataSync()[0]).to.be.closeTo(1e-8, 1e-12);
    });

    it('comes near an activation of any place at 8 bits', () => {
      const v = gaussian([4, 30]).sub(7);
      const target = activationOf(8, { signed: true });
      expectClose(lsqPlus.fakeQuantize(v, lsqPlus.initialize(v, target), target), v, { relative: 0.005 });
    });

    it('quantizes weights as LSQ does, from three deviations around the mean', () => {
      const weight = gaussian([4, 4]);
      const parameters = { scale: tf.scalar(0.4) };
      const [own, lsq] = [lsqPlus, lsqQuantizer()].map((quantizer) =>
        quantizeWithGradients(quantizer, weight, parameters, weightOf(3)),
      );
      expectClose(own!.value, lsq!.value);
      expectClose(own!.toValue, lsq!.toValue);
      expectClose(own!.toParameters[0]!, lsq!.toParameters[0]!);
      // Mean 2, deviation 1: max(|2 - 3|, |2 + 3|) / 4.
      expectClose(lsqPlus.initialize(tf.tensor1d([1, 3]), weightOf(3))['scale']!, 1.25);
      expectClose(lsqPlus.initialize(tf.tensor1d([-1, -3]), weightOf(3))['scale']!, 1.25);
    });

    it('has a step per output channel of a weight if told so', () => {
      const perChannel = lsqPlusQuantizer({ granularity: 'perChannel' });
      const target = weightOf(2, { shape: [2, 2] });
      const weight = tf.tensor2d([
        [-1, 30],
        [3, 10],
      ]);
      // Means 1 and 20, deviations 2 and 10: (1 + 6) / 2, (20 + 30) / 2.
      expectClose(perChannel.initialize(weight, target)['scale']!, tf.tensor2d([[3.5, 25]]));
      expect(perChannel.parameters(activationOf(4)).map(({ name, shape }) => [name, shape])).to.deep.equal([
        ['scale', []],
        ['offset', []],
      ]);
    });

    it('refuses a weight at 1 bit, and serves an activation', () => {
      expect(() => lsqPlus.parameters(weightOf(1))).to.throw(
        RangeError,
        'quantizer "lsqPlus" takes 2 to 31 bits for the weight of a dense layer, not 1; change the bits or the quantizer',
      );
      const v = tf.tensor2d([[0.2, 0.9]]);
      const parameters = { scale: tf.scalar(1), offset: tf.scalar(-0.5) };
      expectClose(lsqPlus.fakeQuantize(v, parameters, activationOf(1)).flatten(), [0.5, 0.5]);
    });
  });
}
