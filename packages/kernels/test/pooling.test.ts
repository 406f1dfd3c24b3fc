import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { expectSameOnWasm, inCase, useEngine, withGradients } from './engines.js';

describe('pooling and its gradients on wasm', () => {
  after(() => useEngine('cpu'));

  const pools = [
    [2, 2, 'valid'],
    [3, 2, 'same'],
    [3, 1, 'same'],
    [[1, 2], 3, 'same'],
    [[2, 3], [1, 2], 'valid'],
  ] as const;
  const images = [[2, 7, 8, 3]];

  it('are those of the cpu engine for the maximum and the average', async () => {
    for (const [size, stride, padding] of pools) {
      const [filterSize, strides] = [size, stride] as unknown as [number, number];
      await inCase(`${String(size)} by ${String(stride)}, ${padding}`, async () => {
        const maximum = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, filterSize, strides, padding);
        const average = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, filterSize, strides, padding);
        await expectSameOnWasm(images, withGradients(maximum));
        await expectSameOnWasm(images, withGradients(average));
      });
    }
  });

  it('are those of the cpu engine in three dimensions', async () => {
    for (const [size, stride, padding] of [
      [2, 2, 'valid'],
      [3, 2, 'same'],
    ] as const) {
      const maximum = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, size, stride, padding);
      const average = (x: tf.Tensor) => tf.avgPool3d(x as tf.Tensor5D, size, stride, padding);
      await expectSameOnWasm([[2, 5, 6, 7, 2]], withGradients(maximum));
      await expectSameOnWasm([[2, 5, 6, 7, 2]], withGradients(average));
    }
  });

  it('keep the gradient of a window where every input is negative', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const plane = tf.tensor4d([-4, -1, -3, -2], [1, 2, 2, 1]);
      const flat = tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(plane);
      assert.deepEqual([...flat.dataSync()], [0, 1, 0, 0]);
      const cube = tf.tensor5d([-4, -1, -3, -2], [1, 1, 2, 2, 1]);
      const pooled = tf.maxPool3d(cube, [1, 2, 2], 2, 'valid');
      assert.deepEqual([...pooled.dataSync()], [-1]);
      const deep = tf.grad((x) => tf.maxPool3d(x as tf.Tensor5D, [1, 2, 2], 2, 'valid'))(cube);
      assert.deepEqual([...deep.dataSync()], [0, 1, 0, 0]);
    });
  });

  it('give the gradient of a tie to the first', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const x = tf.tensor4d([2, 5, 5, 5], [1, 2, 2, 1]);
      const dx = tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(x, tf.fill([1, 1, 1, 1], 7));
      assert.deepEqual([...dx.dataSync()], [0, 7, 0, 0]);
    });
  });
});
