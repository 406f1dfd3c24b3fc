import * as tf from '@tensorflow/tfjs';
import { registerFusedBatchNormGradients } from './fused-batch-norm-gradient.js';
import { registerReluGradient } from './relu-gradient.js';
import { batchMatMul } from './wasm/batch-mat-mul.js';
import { cast } from './wasm/cast.js';
import { conv2dBackpropFilter } from './wasm/conv2d-backprop-filter.js';
import { conv2dBackpropInput } from './wasm/conv2d-backprop-input.js';
import { conv3dBackpropFilter } from './wasm/conv3d-backprop-filter.js';
import { conv3dBackpropInput } from './wasm/conv3d-backprop-input.js';
import { depthwiseConv2dBackpropFilter } from './wasm/depthwise-conv2d-backprop-filter.js';
import { depthwiseConv2dBackpropInput } from './wasm/depthwise-conv2d-backprop-input.js';
import { explicitSamePadding } from './wasm/explicit-same-padding.js';
import { fusedBatchNorm } from './wasm/fused-batch-norm.js';
import { fusedWasmKernels } from './wasm/fused-kernels.js';
import { fusedMatMul } from './wasm/fused-mat-mul.js';
import { identity } from './wasm/identity.js';
import { maxPool3d } from './wasm/max-pool-3d.js';
import { maxPool3dGrad } from './wasm/max-pool-3d-grad.js';
import { maxPoolGrad } from './wasm/max-pool-grad.js';
import { mean } from './wasm/mean.js';
import { pairwiseKernels } from './wasm/pairwise-kernels.js';
import { scaleAndShiftKernel } from './wasm/scale-and-shift.js';
import { select } from './wasm/select.js';
import { hasSimd } from './wasm/simd/has-simd.js';
import { slice } from './wasm/slice.js';
import { split } from './wasm/split.js';
import { sum } from './wasm/sum.js';
import { tile } from './wasm/tile.js';
import { unpack } from './wasm/unpack.js';
import { unsortedSegmentSum } from './wasm/unsorted-segment-sum.js';

/** Kernels that stand on their own. */
const kernels: readonly tf.KernelConfig[] = [
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv3dBackpropFilter,
  conv3dBackpropInput,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
  maxPool3d,
  maxPool3dGrad,
  maxPoolGrad,
  scaleAndShiftKernel,
  split,
  unpack,
  unsortedSegmentSum,
];

/** Kernels made around the engine's own, which they still call. */
const wrappers: Readonly<Record<string, (stock: tf.KernelConfig) => tf.KernelConfig>> = {
  [tf.BatchMatMul]: batchMatMul,
  [tf._FusedMatMul]: fusedMatMul,
  [tf.Cast]: cast,
  [tf.Conv2D]: explicitSamePadding,
  [tf.DepthwiseConv2dNative]: explicitSamePadding,
  [tf.FusedConv2D]: explicitSamePadding,
  [tf.FusedDepthwiseConv2D]: explicitSamePadding,
  [tf.FusedBatchNorm]: fusedBatchNorm,
  [tf.Identity]: identity,
  [tf.Mean]: mean,
  [tf.Select]: select,
  [tf.Slice]: slice,
  [tf.Sum]: sum,
  [tf.Tile]: tile,
  ...pairwiseKernels,
};

let registered = false;

/**
 * Teaches TF.js's `wasm` engine to train: registers the kernels that it lacks (the gradients of convolutions and of
 * embeddings) and replaces those that are slow or wrong. Call it once, before or after the engine is selected; further calls
 * do nothing.
 * @throws Error when `@tensorflow/tfjs-backend-wasm` has not been imported, since its own kernels are registered by that.
 */
export function registerWasmKernels(): void {
  if (registered) return;
  const wrapped = Object.entries(wrappers).map(([kernelName, wrap]) => {
    const stock = tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined;
    if (stock === undefined) {
      throw new Error(
        `registerWasmKernels: the wasm engine has no ${kernelName}; import '@tensorflow/tfjs-backend-wasm' first`,
      );
    }
    return wrap(stock);
  });
  for (const kernel of [...kernels, ...wrapped]) {
    if (hasKernel(kernel.kernelName)) tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    tf.registerKernel(kernel);
  }
  registerReluGradient();
  if (hasSimd()) {
    for (const kernel of fusedWasmKernels) tf.registerKernel(kernel);
    registerFusedBatchNormGradients();
  }
  registered = true;
}

function hasKernel(kernelName: string): boolean {
  return (tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined) !== undefined;
}
