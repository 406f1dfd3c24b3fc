import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { trainingBatchNorm } from '@flatbit/kernels';
import { expectClose, expectNoTensorLeak } from '@flatbit/testing';
import { expectSameOnWasm, useEngine, valuesOf, withGradients } from './engines.js';

const epsilon = 1e-3;

/** The same, from stock ops and their gradients. */
function composed(x: tf.Tensor, scale?: tf.Tensor, offset?: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(
    x,
    Array.from({ length: x.rank - 1 }, (_, axis) => axis),
  );
  const normalised = x.sub(mean).mul(variance.add(epsilon).rsqrt());
  return normalised.mul(scale ?? 1).add(offset ?? 0);
}

function ours(x: tf.Tensor, scale?: tf.Tensor, offset?: tf.Tensor): tf.Tensor {
  return trainingBatchNorm(x, { scale: scale as tf.Tensor1D, offset: offset as tf.Tensor1D, epsilon }).output;
}

for (const engine of ['cpu', 'wasm'] as const) {
  describe(`trainingBatchNorm on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));

    const shapes = [
      [4, 3],
      [2, 5, 3],
      [4, 5, 5, 3],
      [2, 3, 2, 2, 3],
    ];

    it('has the value and the gradients of the composed ops', () => {
      for (const shape of shapes) {
        tf.tidy(() => {
          // Away from 0, and not of unit variance.
          const x = tf.tensor(valuesOf(shape), shape).mul(2).add(3);
          const scale = tf.tensor(valuesOf([3], 2));
          const offset = tf.tensor(valuesOf([3], 3));
          for (const operands of [[x, scale, offset], [x, scale], [x]]) {
            const run = (f: (...operands: tf.Tensor[]) => tf.Tensor) =>
              [withGradients(f)(...operands)].flat();
            const expected = run((x, scale, offset) => composed(x!, scale, offset));
            const actual = run((x, scale, offset) => ours(x!, scale, offset));
            expected.forEach((each, index) => {
              expectClose(actual[index]!, each, { relative: 1e-4 });
            });
          }
        });
      }
    });

    it('takes an offset without a scale', () => {
      tf.tidy(() => {
        const x = tf.tensor2d(valuesOf([6, 2]), [6, 2]);
        const offset = tf.tensor1d([10, -10]);
        const upstream = tf.ones([6, 2]);
        const [dx, dOffset] = tf.grads((x, offset) => ours(x!, undefined, offset))([x, offset], upstream) as [
          tf.Tensor,
          tf.Tensor,
        ];
        // Adding one number to all of a batch changes nothing: a constant upstream has no gradient.
        expectClose(dx, tf.zeros([6, 2]), { absolute: 1e-6 });
        expectClose(dOffset, [6, 6]);
        expectClose(ours(x, undefined, offset).mean(0), [10, -10]);
      });
    });

    it('answers the mean and the biased variance', () => {
      tf.tidy(() => {
        const x = tf.tensor2d([1, 10, 3, 10, 5, 10], [3, 2]);
        const { output, mean, variance } = trainingBatchNorm(x, { epsilon: 0.01 });
        // (1 + 3 + 5) / 3 = 3; (4 + 0 + 4) / 3 = 8/3
        expectClose(mean, [3, 10]);
        expectClose(variance, [8 / 3, 0], { absolute: 1e-6 });
        const first = -2 / Math.sqrt(8 / 3 + 0.01);
        expectClose(output, [first, 0, 0, 0, -first, 0], { absolute: 1e-5 });
      });
    });

    it('keeps the digits of the variance when the mean is far away', () => {
      tf.tidy(() => {
        const x = tf.tensor2d([1000, 1001, 1002, 1003], [4, 1]);
        // Squared distances from 1001.5: 2.25 + 0.25 + 0.25 + 2.25, over 4.
        expectClose(trainingBatchNorm(x, { epsilon }).variance, [1.25]);
      });
    });

    it('lets no gradient through the statistics', () => {
      tf.tidy(() => {
        const x = tf.tensor2d(valuesOf([4, 2]), [4, 2]);
        const gradient = tf.grad((x) => {
          const { output, mean, variance } = trainingBatchNorm(x, { epsilon });
          return tf.addN([output.sum().mul(0), mean.sum(), variance.sum()]);
        })(x);
        expectClose(gradient, tf.zeros([4, 2]), { absolute: 1e-7 });
      });
    });

    it('agrees with finite differences', () => {
      tf.tidy(() => {
        const shape = [3, 2, 2];
        const x = valuesOf(shape, 5);
        const upstream = tf.tensor(valuesOf(shape, 6), shape);
        const scale = tf.tensor1d([0.5, 2]);
        const loss = (values: Float32Array): number =>
          ours(tf.tensor(values, shape), scale).mul(upstream).sum().dataSync()[0]!;
        const gradient = tf
          .grad((x) => ours(x, scale))(tf.tensor(x, shape), upstream)
          .dataSync();
        const step = 1e-2;
        const slopes = x.map((value, index) => {
          const at = (moved: number) => loss(x.map((each, i) => (i === index ? moved : each)));
          return (at(value + step) - at(value - step)) / (2 * step);
        });
        // A central difference is wrong by step² times a third derivative.
        expectClose(gradient, slopes, { relative: 5e-3 });
      });
    });

    it('leaves nothing behind but its three results', () => {
      const x = tf.tensor(valuesOf([4, 3, 3, 2]), [4, 3, 3, 2]);
      const scale = tf.tensor1d([1, 2]);
      const dataIds = tf.backend().numDataIds();
      expectNoTensorLeak(() => {
        const before = tf.memory().numTensors;
        const results = trainingBatchNorm(x, { scale, epsilon });
        assert.equal(tf.memory().numTensors, before + 3);
        tf.dispose({ ...results });
        tf.dispose(tf.grads((x, scale) => ours(x!, scale))([x, scale]));
      });
      assert.equal(tf.backend().numDataIds(), dataIds);
      tf.dispose([x, scale]);
    });
  });
}

describe('trainingBatchNorm', () => {
  after(() => useEngine('cpu'));

  it('gives the same on wasm as on cpu', () =>
    expectSameOnWasm(
      [[4, 5, 5, 3], [3], [3]],
      withGradients((x, scale, offset) => ours(x!, scale, offset)),
    ));
});
