import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose, expectNoTensorLeak } from '@flatbit/testing';
import { clipSte, roundSte } from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';

for (const engine of engines) {
  describe(`straight-through primitives, on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));

    it('roundSte rounds half to even and passes the gradient on', () => {
      const x = tf.tensor1d([-1.5, -0.5, 0.5, 1.5, 2.5, 2.6]);
      expectClose(roundSte(x), [-2, 0, 0, 2, 2, 3]);
      const upstream = tf.tensor1d([1, 2, 3, 4, 5, 6]);
      expectClose(tf.grad(roundSte)(x, upstream), upstream);
      expectClose(upstream, [1, 2, 3, 4, 5, 6]);
    });

    it('clipSte clips, and passes the gradient on inside, bounds included', () => {
      const clip = (x: tf.Tensor): tf.Tensor => clipSte(x, -1, 2);
      const x = tf.tensor1d([-3, -1, 0, 2, 2.0000002, 9]);
      expectClose(clip(x), [-1, -1, 0, 2, 2, 2]);
      expectClose(tf.grad(clip)(x), [0, 1, 1, 1, 0, 0]);
    });

    it('clipSte lets what is not finite through as NaN', () => {
      const clipped = clipSte(tf.tensor1d([NaN, Infinity, -Infinity, 5]), -1, 2);
      expectClose(clipped, [NaN, NaN, NaN, 2]);
    });

    it('leave nothing behind', () => {
      const x = tf.tensor1d([-1.5, 0.5]);
      const both = (value: tf.Tensor): tf.Tensor => tf.tidy(() => roundSte(clipSte(value, 0, 1)));
      expectNoTensorLeak(() => {
        both(x).dispose();
      });
      expectNoTensorLeak(() => {
        tf.grad(both)(x).dispose();
      });
      expect(x.isDisposed).to.equal(false);
    });
  });
}
