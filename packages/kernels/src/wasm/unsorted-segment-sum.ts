import * as tf from '@tensorflow/tfjs';
import { composedKernel } from './composed-kernel.js';
import { fillOnHeap } from './fill-on-heap.js';

interface Inputs {
  /** `[rows, …]` */
  x: tf.Tensor;
  /** `[rows]`: the segment of each row; a row whose segment is not among `0 … numSegments - 1` is left out. */
  segmentIds: tf.Tensor;
}

interface Attrs {
  numSegments: number;
}

/**
 * Adds the rows of each segment: the gradient of `tf.gather`, so of an embedding. Returns `[numSegments, …]`.
 * @throws Error when the segment ids are not a vector with one id for each row.
 */
export const unsortedSegmentSum = composedKernel<Inputs, Attrs>(
  tf.UnsortedSegmentSum,
  ({ x, segmentIds }, { numSegments }) => {
    const [rows, ...rowShape] = x.shape;
    if (segmentIds.rank !== 1 || segmentIds.shape[0] !== rows) {
      throw new Error(
        `wasm engine: UnsortedSegmentSum takes one segment id per row, got ids of shape [${segmentIds.shape.join()}] ` +
          `for x of shape [${x.shape.join()}]`,
      );
    }
    const rowSize = tf.util.sizeFromShape(rowShape);
    return fillOnHeap([numSegments, ...rowShape], x.dtype, [x, segmentIds], (output, values, ids) => {
      output.fill(0);
      ids.forEach((segment, row) => {
        if (segment < 0 || segment >= numSegments) return;
        const from = row * rowSize;
        const to = segment * rowSize;
        for (let i = 0; i < rowSize; i++) output[to + i]! += values[from + i]!;
      });
    });
  },
);
