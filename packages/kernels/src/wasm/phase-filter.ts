import type * as tf from '@tensorflow/tfjs';
import { fillOnHeap } from './fill-on-heap.js';
import type { InputGradientAxis } from './input-gradient-axis.js';

/**
 * The filter that makes one phase of rows, and all phases of columns, of an input gradient: flipped, its channels swapped.
 * @param transposed the forward filter as `[filterHeight, filterWidth, outChannels, inChannels]`.
 * @returns `[rowTaps, columnTaps, outChannels, columnPhases * inChannels]`.
 */
export function phaseFilter(
  transposed: tf.Tensor4D,
  rows: InputGradientAxis,
  rowPhase: number,
  columns: InputGradientAxis,
): tf.Tensor4D {
  const [, filterWidth, outChannels, inChannels] = transposed.shape;
  const rowTaps = rows.taps(rowPhase);
  const columnTaps = columns.taps(0);
  const phases = columns.stride;
  // Without phases a tap is one piece of memory.
  const [pieces, piece] = phases === 1 ? [1, outChannels * inChannels] : ([outChannels, inChannels] as const);
  return fillOnHeap<tf.Rank.R4>(
    [rowTaps, columnTaps, outChannels, phases * inChannels],
    'float32',
    [transposed],
    (output, filter) => {
      output.fill(0);
      let to = 0;
      for (let m = rowTaps - 1; m >= 0; m--) {
        const row = rows.stride * m + rowPhase;
        for (let n = columnTaps - 1; n >= 0; n--) {
          for (let part = 0; part < pieces; part++) {
            for (let phase = 0; phase < phases; phase++, to += piece) {
              const column = phases * n + phase;
              if (column >= filterWidth) continue;
              const from = ((row * filterWidth + column) * pieces + part) * piece;
              output.set(filter.subarray(from, from + piece), to);
            }
          }
        }
      }
    },
  );
}
