import type * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from '../fill-on-heap.js';
import { filterGradientTile, tileInputs, tileVectors } from './filter-gradient-tile.js';
import { visitTaps } from './visit-taps.js';

const floatBytes = 4;
const vectorChannels = 4;

/**
 * The gradient of a convolution's filter: tap by tap and tile by tile, the images one after the other while they are in the
 * processor's cache. `undefined` when output channels are not whole vectors, or the engine shares no memory.
 */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  conv: tf.backend_util.Conv2DInfo,
): tf.Tensor4D | undefined {
  const { inChannels, outChannels } = conv;
  if (outChannels % vectorChannels !== 0 || filterGradientTile(1, 1) === undefined) return undefined;
  const tiles = tilesOf(inChannels, outChannels);
  const xColumn = conv.strideWidth * inChannels * floatBytes;
  const dyColumn = outChannels * floatBytes;
  return fillOnHeap<tf.Rank.R4>(conv.filterShape, 'float32', [x, dy], (gradient, inputs, upstream) => {
    gradient.fill(0);
    visitTaps(conv, ({ tap, rows, columns, inputAt, outputAt, inputSkip, outputSkip }) => {
      const xStart = inputs.byteOffset + inputAt * inChannels * floatBytes;
      const dyStart = upstream.byteOffset + outputAt * outChannels * floatBytes;
      const tapStart = gradient.byteOffset + tap * inChannels * outChannels * floatBytes;
      for (const { input, output, run } of tiles) {
        run(
          xStart + input * floatBytes,
          dyStart + output * floatBytes,
          tapStart + (input * outChannels + output) * floatBytes,
          rows,
          columns,
          xColumn,
          inputSkip * inChannels * floatBytes,
          dyColumn,
          outputSkip * outChannels * floatBytes,
          outChannels * floatBytes,
        );
      }
    });
  });
}

/** How a tap's `[inChannels, outChannels]` are covered by tiles. */
function tilesOf(inChannels: number, outChannels: number) {
  const tiles = [];
  for (let input = 0; input < inChannels; input += tileInputs) {
    const height = Math.min(tileInputs, inChannels - input);
    for (let output = 0; output < outChannels; output += tileVectors * vectorChannels) {
      const width = Math.min(tileVectors, (outChannels - output) / vectorChannels);
      tiles.push({ input, output, run: filterGradientTile(height, width)! });
    }
  }
  return tiles;
}
