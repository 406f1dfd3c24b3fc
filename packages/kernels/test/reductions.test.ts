import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { expectSameOnWasm, inCase, useEngine, withGradients } from './engines.js';

describe('sum and mean on wasm', () => {
  after(() => useEngine('cpu'));

  it('are those of the cpu engine over any axes', async () => {
    for (const axis of [
      0,
      1,
      -1,
      [0, 1],
      [1, 2],
      [2, 1],
      [0, 1, 2],
      [0, 2],
      [-3, -2],
      [0, 1, 2, 3],
      undefined,
    ]) {
      for (const keepDims of [false, true]) {
        await inCase(`axis ${String(axis)}`, async () => {
          const shapes = [[2, 5, 6, 3]];
          await expectSameOnWasm(
            shapes,
            withGradients((x) => tf.sum(x, axis, keepDims)),
          );
          await expectSameOnWasm(
            shapes,
            withGradients((x) => tf.mean(x, axis, keepDims)),
          );
        });
      }
    }
  });

  it('count exactly', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      assert.deepEqual([...tf.ones([1001, 3]).sum(0).dataSync()], [1001, 1001, 1001]);
      assert.deepEqual([...tf.ones([7, 2], 'int32').sum(0).dataSync()], [7, 7]);
    });
  });

  it('add in double precision along a batch: 1 is not lost beside 2^24', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      // 2^24 + 1 + 1 = 16777218; in single precision 2^24 + 1 is 2^24 again.
      const x = tf.tensor2d([2 ** 24, 0, 1, 0, 1, 0], [3, 2]);
      assert.deepEqual([...x.sum(0).dataSync()], [2 ** 24 + 2, 0]);
    });
  });

  it('hold for no rows', () =>
    expectSameOnWasm([], () => [
      tf.sum(tf.zeros([0, 3]), 0),
      tf.mean(tf.zeros([0, 3]), 0),
      tf.sum(tf.zeros([2, 0, 3]), 1),
      tf.sum(tf.zeros([2, 3, 0]), 1),
    ]));
});
