import type * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from './fill-on-heap.js';

/**
 * The gradient of a depthwise convolution's filter, by plain loops with sums in double precision.
 *
 *     dW[i, j, c, m] = Σ_{b, u, v} x[b, u·strideHeight + i - top, v·strideWidth + j - left, c] · dy[b, u, v, c·multiplier + m]
 */
export function loopedFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  conv: tf.backend_util.Conv2DInfo,
): tf.Tensor4D {
  return fillOnHeap<tf.Rank.R4>(conv.filterShape, 'float32', [x, dy], (output, image, gradient) => {
    for (let row = 0; row < conv.filterHeight; row++) {
      for (let column = 0; column < conv.filterWidth; column++) {
        const tap = row * conv.filterWidth + column;
        output.set(tapGradient(conv, row, column, image, gradient), tap * conv.outChannels);
      }
    }
  });
}

/** The gradient of one tap of the filter, for every output channel. */
function tapGradient(
  conv: tf.backend_util.Conv2DInfo,
  row: number,
  column: number,
  x: Float32Array,
  dy: Float32Array,
): Float64Array {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = conv;
  const multiplier = outChannels / inChannels;
  const sums = new Float64Array(outChannels);
  for (let image = 0; image < batchSize; image++) {
    for (let u = 0; u < outHeight; u++) {
      const y = u * conv.strideHeight + row - padInfo.top;
      if (y < 0 || y >= inHeight) continue;
      for (let v = 0; v < outWidth; v++) {
        const z = v * conv.strideWidth + column - padInfo.left;
        if (z < 0 || z >= inWidth) continue;
        const inputs = ((image * inHeight + y) * inWidth + z) * inChannels;
        const outputs = ((image * outHeight + u) * outWidth + v) * outChannels;
        if (multiplier === 1) {
          for (let c = 0; c < inChannels; c++) sums[c]! += x[inputs + c]! * dy[outputs + c]!;
        } else {
          for (let c = 0, o = 0; c < inChannels; c++) {
            for (let m = 0; m < multiplier; m++, o++) sums[o]! += x[inputs + c]! * dy[outputs + o]!;
          }
        }
      }
    }
  }
  return sums;
}
