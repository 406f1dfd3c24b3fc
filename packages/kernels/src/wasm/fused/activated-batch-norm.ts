import { runChannelLoop, totalsOf } from '../simd/run-channel-loop.js';
import { affineOf } from './affine-of.js';
import { fusedWasmKernel, withScratch } from './fused-wasm-kernel.js';
import { clippedAffine, sumOfRows, sumOfSquares } from './normalisation.js';

/** Batch normalisation by the batch's own statistics, with the activation behind it, in three passes. */
export const activatedBatchNorm = fusedWasmKernel(
  'ActivatedBatchNorm',
  ({ x, scale, offset }, { epsilon, low, high }, heap) => {
    const channels = x.shape.at(-1)!;
    const output = heap.makeOutput(x.shape, 'float32');
    const mean = heap.makeOutput([channels], 'float32');
    const variance = heap.makeOutput([channels], 'float32');
    const places = [channels, channels, totalsOf(sumOfRows)];
    withScratch(heap, places, ([factor, shift, totals]) => {
      const view = heap.typedArrayFromHeap.bind(heap);
      const arrays = [view(x)];
      const rows = channels === 0 ? 0 : x.size / channels;

      const [sums] = runChannelLoop(sumOfRows, { arrays, vectors: [], channels, totals: totals! });
      const exactMean = sums!.map((sum) => sum / rows);
      view(mean).set(exactMean);
      const vectors = [view(mean)];
      const [squares] = runChannelLoop(sumOfSquares, { arrays, vectors, channels, totals: totals! });
      // The squares are around the rounded mean; rounding may leave a constant a little below zero, and NaN stays.
      const exact = squares!.map((sum, c) => sum / rows - (exactMean[c]! - view(mean)[c]!) ** 2);
      view(variance).set(exact.map((value) => Math.max(0, value)));

      const affine = affineOf(view(scale), view(offset), view(mean), view(variance), epsilon);
      factor!.set(affine.factor);
      shift!.set(affine.shift);
      const normalised = { arrays: [view(x), view(output)], vectors: [factor!, shift!], channels };
      runChannelLoop(clippedAffine, { ...normalised, constants: [low, high] });
    });
    return [output, mean, variance];
  },
);
