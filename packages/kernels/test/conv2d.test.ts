import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { filterSizes, imageSizes, paddings, strides } from './conv-cases.js';
import { expectSameOnWasm, inCase, useEngine, withGradients } from './engines.js';

describe('conv2d and its gradients on wasm', () => {
  after(() => useEngine('cpu'));

  for (const stride of strides) {
    for (const padding of paddings) {
      it(`are those of the cpu engine for strides ${String(stride)} and padding ${String(padding)}`, async () => {
        for (const [filterHeight, filterWidth] of filterSizes) {
          for (const [height, width] of imageSizes) {
            for (const [batch, inChannels, outChannels] of [
              [2, 3, 4],
              [1, 1, 1],
              [2, 5, 12],
            ] as const) {
              const filterShape = [filterHeight, filterWidth, inChannels, outChannels];
              const shapes = [[batch, height, width, inChannels], filterShape];
              const convolve = withGradients((x, filter) =>
                tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, padding),
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

  it('hold when the filter covers more than the image', () =>
    expectSameOnWasm(
      [
        [2, 3, 2, 3],
        [5, 5, 3, 2],
      ],
      withGradients((x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same')),
    ));

  it('hold for a transposed convolution, whose forward pass is an input gradient', async () => {
    for (const [stride, padding, size] of [
      [1, 'valid', 8],
      [2, 'same', 12],
      [2, 'valid', 13],
      [3, 'same', 17],
    ] as const) {
      await inCase(`strides ${stride}, ${padding}`, () =>
        expectSameOnWasm(
          [
            [2, 6, 6, 3],
            [3, 3, 5, 3],
          ],
          withGradients((x, filter) =>
            tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, size, size, 5], stride, padding),
          ),
        ),
      );
    }
  });

  it('hold for conv1d and for a separable convolution', async () => {
    for (const stride of [1, 2, 3]) {
      await expectSameOnWasm(
        [
          [2, 8, 4],
          [stride === 3 ? 1 : 3, 4, 5],
        ],
        withGradients((x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, stride, 'same')),
      );
    }
    await expectSameOnWasm(
      [
        [2, 6, 6, 3],
        [3, 3, 3, 2],
        [1, 1, 6, 4],
      ],
      withGradients((x, depthwise, pointwise) =>
        tf.separableConv2d(x as tf.Tensor4D, depthwise as tf.Tensor4D, pointwise as tf.Tensor4D, 1, 'same'),
      ),
    );
  });

  it('are zero, or empty, for an empty batch', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const x = tf.zeros<tf.Rank.R4>([0, 5, 5, 3]);
      const filter = tf.ones<tf.Rank.R4>([3, 3, 3, 2]);
      const [dx, dFilter] = tf.grads((x, filter) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same'),
      )([x, filter]) as [tf.Tensor, tf.Tensor];
      assert.deepEqual(dx.shape, [0, 5, 5, 3]);
      assert.deepEqual(dFilter.shape, [3, 3, 3, 2]);
      assert.ok(dFilter.dataSync().every((value) => value === 0));
    });
  });

  it('are numbers worked out by hand', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      // y[0] = 1·3 + 2·5 = 13, y[1] = 2·3 + 4·5 = 26; upstream 1 and 10.
      const x = tf.tensor4d([1, 2, 4], [1, 1, 3, 1]);
      const filter = tf.tensor4d([3, 5], [1, 2, 1, 1]);
      const upstream = tf.tensor4d([1, 10], [1, 1, 2, 1]);
      const [dx, dFilter] = tf.grads((x, filter) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'),
      )([x, filter], upstream) as [tf.Tensor, tf.Tensor];
      // dx = [1·3, 1·5 + 10·3, 10·5], dFilter = [1·1 + 10·2, 1·2 + 10·4]
      assert.deepEqual([...dx.dataSync()], [3, 35, 50]);
      assert.deepEqual([...dFilter.dataSync()], [21, 42]);
    });
  });

  it('do not take NCHW, and say so', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const x = tf.zeros([1, 2, 4, 4]);
      const dy = tf.zeros([1, 3, 4, 4]);
      const attrs = { strides: 1, pad: 'same', dataFormat: 'NCHW' };
      const filterShape = [3, 3, 2, 3];
      assert.throws(
        () => tf.engine().runKernel(tf.Conv2DBackpropFilter, { x, dy }, { ...attrs, filterShape }),
        /wasm engine: Conv2DBackpropFilter takes data format NHWC, got NCHW; transpose to NHWC/,
      );
      assert.throws(
        () =>
          tf
            .engine()
            .runKernel(
              tf.Conv2DBackpropInput,
              { dy, filter: tf.zeros(filterShape) },
              { ...attrs, inputShape: x.shape },
            ),
        /wasm engine: Conv2DBackpropInput takes data format NHWC, got NCHW; transpose to NHWC/,
      );
    });
  });

  it('pad as TensorFlow does where strides step over the end: a 3x1 filter, strides 2, on a width of 6', async () => {
    const bias = [4];
    for (const activation of ['linear', 'relu'] as const) {
      await expectSameOnWasm([[2, 8, 6, 3], [3, 1, 3, 4], bias], (x, filter, bias) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          bias: bias!,
          strides: 2,
          pad: 'same',
          activation,
        }),
      );
    }
  });

  it('leave dilated convolutions as they were', () =>
    expectSameOnWasm(
      [
        [2, 7, 7, 3],
        [3, 3, 3, 4],
      ],
      (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same', 'NHWC', 2),
    ));
});
