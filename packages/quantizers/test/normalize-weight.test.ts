import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose, expectNoTensorLeak } from '@flatbit/testing';
import { normalizeWeight } from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';

for (const engine of engines) {
  describe(`normalizeWeight, on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));

    it('divides by the unbiased deviation over the whole tensor', () => {
      // Mean 4; squares 9 + 1 + 1 + 9 = 20, over 3.
      const { normalized, mean, deviation } = normalizeWeight(
        tf.tensor2d([
          [1, 3],
          [5, 7],
        ]),
      );
      expectClose(mean, 4);
      expectClose(deviation, Math.sqrt(20 / 3));
      expectClose(
        normalized.flatten(),
        [-3, -1, 1, 3].map((x) => x / Math.sqrt(20 / 3)),
      );
    });

    it('makes zeros of a constant filter bank, though its mean is rounded', () => {
      // 36,864 times 0.1, or 7.7, added up in float32, is off by more than the floor of the deviation.
      for (const constant of [0.1, 7.7]) {
        const { normalized, mean, deviation } = normalizeWeight(tf.fill([3, 3, 64, 64], constant));
        expect(normalized.abs().max().dataSync()[0]).to.be.below(1e-3);
        expectClose(mean, constant);
        expectClose(deviation, 1e-8);
      }
    });

    it('makes zero of a single weight', () => {
      const { normalized, deviation } = normalizeWeight(tf.tensor1d([3]));
      expectClose(normalized, [0]);
      expectClose(deviation, 1e-8);
    });

    it('leaves nothing behind but its three tensors', () => {
      const weight = tf.tensor1d([1, 2, 4]);
      expectNoTensorLeak(() => {
        const { normalized, mean, deviation } = normalizeWeight(weight);
        tf.dispose([normalized, mean, deviation]);
      });
    });
  });
}
