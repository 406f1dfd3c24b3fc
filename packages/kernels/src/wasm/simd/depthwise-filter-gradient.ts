import type * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from '../fill-on-heap.js';
import { depthwiseFilterGradientTile, depthwiseTileVectors } from './depthwise-filter-gradient-tile.js';
import { visitTaps } from './visit-taps.js';

const floatBytes = 4;
const vectorChannels = 4;

/**
 * The gradient of a depthwise convolution's filter with channel multiplier 1. `undefined` when the multiplier is another, when
 * channels are not whole vectors, or when the engine shares no memory.
 */
export function depthwiseFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  conv: tf.backend_util.Conv2DInfo,
): tf.Tensor4D | undefined {
  const { inChannels: channels, outChannels } = conv;
  if (channels !== outChannels || channels % vectorChannels !== 0) return undefined;
  if (depthwiseFilterGradientTile(1) === undefined) return undefined;
  const pixelBytes = channels * floatBytes;
  return fillOnHeap<tf.Rank.R4>(conv.filterShape, 'float32', [x, dy], (gradient, inputs, upstream) => {
    gradient.fill(0);
    visitTaps(conv, ({ tap, rows, columns, inputAt, outputAt, inputSkip, outputSkip }) => {
      for (let channel = 0; channel < channels; channel += depthwiseTileVectors * vectorChannels) {
        const vectors = Math.min(depthwiseTileVectors, (channels - channel) / vectorChannels);
        depthwiseFilterGradientTile(vectors)!(
          inputs.byteOffset + inputAt * pixelBytes + channel * floatBytes,
          upstream.byteOffset + outputAt * pixelBytes + channel * floatBytes,
          gradient.byteOffset + tap * pixelBytes + channel * floatBytes,
          rows,
          columns,
          conv.strideWidth * pixelBytes,
          inputSkip * pixelBytes,
          pixelBytes,
          outputSkip * pixelBytes,
        );
      }
    });
  });
}
