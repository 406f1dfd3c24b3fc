import * as tf from '@tensorflow/tfjs';
import { expectSameOnWasm, inCase, useEngine, withGradients } from './engines.js';

describe('conv3d and its gradients on wasm', () => {
  after(() => useEngine('cpu'));

  for (const padding of ['same', 'valid'] as const) {
    it(`are those of the cpu engine for padding ${padding}, strides and filters of all kinds`, async () => {
      for (const stride of [1, 2, 3, [1, 2, 3]] as const) {
        for (const filterSize of [
          [1, 1, 1],
          [3, 3, 3],
          [2, 3, 1],
        ]) {
          const convolve = withGradients((x, filter) =>
            tf.conv3d(
              x as tf.Tensor5D,
              filter as tf.Tensor5D,
              stride as number | [number, number, number],
              padding,
            ),
          );
          await inCase(`strides ${String(stride)}, filter ${String(filterSize)}`, () =>
            expectSameOnWasm(
              [
                [2, 5, 6, 7, 2],
                [...filterSize, 2, 4],
              ],
              convolve,
            ),
          );
        }
      }
    });
  }

  it('hold for a transposed convolution', () =>
    expectSameOnWasm(
      [
        [2, 3, 4, 3, 2],
        [3, 3, 3, 3, 2],
      ],
      (x, filter) => tf.conv3dTranspose(x as tf.Tensor5D, filter as tf.Tensor5D, [2, 6, 8, 5, 3], 2, 'same'),
    ));
});
