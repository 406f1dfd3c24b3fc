import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { expectSameOnWasm, useEngine, valuesOf, withGradients } from './engines.js';

describe('unsortedSegmentSum on wasm', () => {
  after(() => useEngine('cpu'));

  const ids = (values: number[]) => tf.tensor1d(values, 'int32');

  it('adds the rows of each segment and leaves out rows of none', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, 10, 20, 100, 200, 7, 7], [4, 2]);
      const sums = tf.unsortedSegmentSum(x, ids([2, 0, 2, -1]), 3);
      assert.deepEqual(sums.arraySync(), [
        [10, 20],
        [0, 0],
        [101, 202],
      ]);
      const integers = tf.unsortedSegmentSum(x.toInt(), ids([1, 1, 1, 5]), 2);
      assert.equal(integers.dtype, 'int32');
      assert.deepEqual(integers.arraySync(), [
        [0, 0],
        [111, 222],
      ]);
    });
  });

  it('has the gradient of the cpu engine', () =>
    expectSameOnWasm(
      [[4, 3, 2]],
      withGradients((x) => tf.unsortedSegmentSum(x, ids([0, 2, 2, 1]), 4)),
    ));

  it('is the gradient of gather along any axis', () =>
    expectSameOnWasm([[5, 4]], (table) => {
      const gradientOf = (indices: tf.Tensor, axis: number, shape: number[]) =>
        tf.grad((table) => tf.gather(table, indices as tf.Tensor1D, axis))(
          table!,
          tf.tensor(valuesOf(shape), shape),
        );
      return [
        gradientOf(ids([0, 2, 2, 4]), 0, [4, 4]),
        gradientOf(ids([0, 2, 2]), 1, [5, 3]),
        gradientOf(tf.tensor2d([0, 2, 2, 4], [2, 2], 'int32'), 0, [2, 2, 4]),
      ];
    }));

  it('says what it wants of segment ids', async () => {
    await useEngine('wasm');
    tf.tidy(() =>
      assert.throws(
        () => tf.unsortedSegmentSum(tf.zeros([4, 2]), ids([0, 1, 2]), 3),
        /one segment id per row, got ids of shape \[3\] for x of shape \[4,2\]/,
      ),
    );
  });
});
