import * as tf from '@tensorflow/tfjs';
import { filterSizes, imageSizes, paddings, strides } from './conv-cases.js';
import { expectSameOnWasm, inCase, useEngine, withGradients } from './engines.js';

describe('depthwiseConv2d and its gradients on wasm', () => {
  after(() => useEngine('cpu'));

  for (const stride of strides) {
    for (const padding of paddings) {
      it(`are those of the cpu engine for strides ${String(stride)} and padding ${String(padding)}`, async () => {
        for (const [filterHeight, filterWidth] of filterSizes) {
          for (const [height, width] of imageSizes) {
            for (const [channels, channelMultiplier] of [
              [3, 1],
              [3, 2],
              [20, 1],
              [4, 2],
            ] as const) {
              const filterShape = [filterHeight, filterWidth, channels, channelMultiplier];
              const shapes = [[2, height, width, channels], filterShape];
              const convolve = withGradients((x, filter) =>
                tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, padding),
              );
              await inCase(`x ${String(shapes[0])}, filter ${String(filterShape)}`, () =>
                expectSameOnWasm(shapes, convolve),
              );
            }
          }
        }
      });
    }
  }

  it('hold for an empty batch', () =>
    expectSameOnWasm([[3, 3, 3, 2]], (filter) => {
      const x = tf.zeros<tf.Rank.R4>([0, 5, 5, 3]);
      return tf.grads((x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same'))([
        x,
        filter!,
      ]);
    }));

  it('pad as TensorFlow does where strides step over the end, fused with bias and activation', () =>
    expectSameOnWasm([[2, 8, 6, 3], [3, 1, 3, 1], [3]], (x, filter, bias) =>
      tf.fused.depthwiseConv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        bias: bias!,
        strides: 2,
        pad: 'same',
        activation: 'relu',
      }),
    ));
});
