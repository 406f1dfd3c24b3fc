import * as tf from '@tensorflow/tfjs';
import { expectSameOnWasm, useEngine } from './engines.js';

describe('batchNorm on wasm', () => {
  after(() => useEngine('cpu'));

  const normalise = (
    x: tf.Tensor,
    mean: tf.Tensor,
    variance: tf.Tensor,
    offset?: tf.Tensor,
    scale?: tf.Tensor,
  ) =>
    tf.batchNorm(x, mean as tf.Tensor1D, variance.abs(), offset as tf.Tensor1D, scale as tf.Tensor1D, 1e-3);

  it('is that of the cpu engine with and without scale and offset', async () => {
    const shapes = [[2, 5, 6, 3], [3], [3], [3], [3]];
    await expectSameOnWasm(shapes, (x, mean, variance, offset, scale) => [
      normalise(x!, mean!, variance!, offset, scale),
      normalise(x!, mean!, variance!, undefined, scale),
      normalise(x!, mean!, variance!, offset),
      normalise(x!, mean!, variance!),
    ]);
  });

  it('is that of the cpu engine for matrices, for statistics of every element, and for no elements', async () => {
    await expectSameOnWasm([[4, 3], [3], [3]], (x, mean, variance) => normalise(x!, mean!, variance!));
    await expectSameOnWasm(
      [
        [2, 2, 2, 3],
        [2, 2, 2, 3],
        [2, 2, 2, 3],
      ],
      (x, mean, variance) => normalise(x!, mean!, variance!),
    );
    await expectSameOnWasm([[3], [3]], (mean, variance) =>
      normalise(tf.zeros([0, 2, 2, 3]), mean!, variance!),
    );
  });
});
