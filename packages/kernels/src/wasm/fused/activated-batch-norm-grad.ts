import { runChannelLoop, totalsOf } from '../simd/run-channel-loop.js';
import { affineOf } from './affine-of.js';
import { fusedWasmKernel, withScratch } from './fused-wasm-kernel.js';
import { gradientOfInput, sumsOfGradient } from './normalisation.js';

/**
 * Gradients of x, scale and offset, in two passes:
 * `dx = factor * (g - ⟨g⟩ - (x - mean) * invStd² * ⟨g * (x - mean)⟩)`, with g what comes through the activation.
 */
export const activatedBatchNormGrad = fusedWasmKernel(
  'ActivatedBatchNormGrad',
  ({ upstream, x, scale, offset, mean, variance }, { epsilon, low, high }, heap) => {
    const channels = x.shape.at(-1)!;
    const toX = heap.makeOutput(x.shape, 'float32');
    const toScale = heap.makeOutput([channels], 'float32');
    const toOffset = heap.makeOutput([channels], 'float32');
    const places = [channels, channels, channels, channels, totalsOf(sumsOfGradient)];
    withScratch(heap, places, ([factor, shift, slope, constant, totals]) => {
      const view = heap.typedArrayFromHeap.bind(heap);
      const rows = channels === 0 ? 0 : x.size / channels;
      const affine = affineOf(view(scale), view(offset), view(mean), view(variance), epsilon);
      factor!.set(affine.factor);
      shift!.set(affine.shift);

      const [sums, products] = runChannelLoop(sumsOfGradient, {
        arrays: [view(upstream), view(x)],
        vectors: [factor!, shift!, view(mean)],
        constants: [low, high],
        channels,
        totals: totals!,
      });
      view(toOffset).set(sums!);
      view(toScale).set(products!.map((product, c) => product * affine.invStd[c]!));
      slope!.set(
        products!.map((product, c) => (-affine.factor[c]! * affine.invStd[c]! ** 2 * product) / rows),
      );
      constant!.set(sums!.map((sum, c) => (-affine.factor[c]! * sum) / rows));

      runChannelLoop(gradientOfInput, {
        arrays: [view(upstream), view(x), view(toX)],
        vectors: [factor!, shift!, view(mean), slope!, constant!],
        constants: [low, high],
        channels,
      });
    });
    return [toX, toScale, toOffset];
  },
);
