import * as tf from '@tensorflow/tfjs';
import { runFlatProgram } from './flat-program.js';

interface Attrs {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The gradient of a 2D max pooling: of equal values in a window the first takes it, as on the other engines. The stock kernel
 * gives it to the last, which after a ReLU is another one in every window of zeros.
 */
export const maxPoolGrad: tf.KernelConfig = {
  kernelName: tf.MaxPoolGrad,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const [dy, x] = [inputs['dy']!, inputs['input']!];
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as Attrs;
    const noDilation = 1;
    const pool = tf.backend_util.computePool2DInfo(
      x.shape as [number, number, number, number],
      filterSize,
      strides,
      noDilation,
      pad,
      dimRoundingMode,
    );
    return runFlatProgram(
      backend,
      {
        name: tf.MaxPoolGrad,
        outputShape: x.shape,
        dtype: x.dtype,
        variables: ['dy', 'x'],
        uniforms: {
          inHeight: pool.inHeight,
          inWidth: pool.inWidth,
          outHeight: pool.outHeight,
          outWidth: pool.outWidth,
          channels: pool.inChannels,
          filterHeight: pool.filterHeight,
          filterWidth: pool.filterWidth,
          strideHeight: pool.strideHeight,
          strideWidth: pool.strideWidth,
          padTop: pool.padInfo.top,
          padLeft: pool.padInfo.left,
        },
        functions: `
          // Whether no value of the window is larger than the one at (row, column), and none before it as large.
          fn wins(image : i32, corner : vec2<i32>, place : vec2<i32>, channel : i32) -> bool {
            let value = x[((image * uniforms.inHeight + place.x) * uniforms.inWidth + place.y) * uniforms.channels + channel];
            for (var row = max(corner.x, 0); row < min(corner.x + uniforms.filterHeight, uniforms.inHeight); row++) {
              for (var column = max(corner.y, 0); column < min(corner.y + uniforms.filterWidth, uniforms.inWidth); column++) {
                let other = x[((image * uniforms.inHeight + row) * uniforms.inWidth + column) * uniforms.channels + channel];
                let before = row < place.x || (row == place.x && column < place.y);
                if (other > value || (before && other == value)) { return false; }
              }
            }
            return true;
          }`,
        body: `
          let channel = index % uniforms.channels;
          let column = index / uniforms.channels % uniforms.inWidth;
          let row = index / uniforms.channels / uniforms.inWidth % uniforms.inHeight;
          let image = index / uniforms.channels / uniforms.inWidth / uniforms.inHeight;
          var sum = 0.0;
          for (var outRow = 0; outRow < uniforms.outHeight; outRow++) {
            let top = outRow * uniforms.strideHeight - uniforms.padTop;
            if (row < top || row >= top + uniforms.filterHeight) { continue; }
            for (var outColumn = 0; outColumn < uniforms.outWidth; outColumn++) {
              let left = outColumn * uniforms.strideWidth - uniforms.padLeft;
              if (column < left || column >= left + uniforms.filterWidth) { continue; }
              if (wins(image, vec2<i32>(top, left), vec2<i32>(row, column), channel)) {
                sum += dy[((image * uniforms.outHeight + outRow) * uniforms.outWidth + outColumn) * uniforms.channels + channel];
              }
            }
          }
          setOutputAtIndex(index, sum);`,
      },
      [dy, x],
    );
  },
};
