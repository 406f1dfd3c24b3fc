import type * as tf from '@tensorflow/tfjs';
import { activatedBatchNormGrad } from './fused/activated-batch-norm-grad.js';
import { activatedBatchNorm } from './fused/activated-batch-norm.js';
import { adam } from './fused/adam.js';
import { allFinite } from './fused/all-finite.js';
import { blend } from './fused/blend.js';
import { fakeQuantizeGrad } from './fused/fake-quantize-grad.js';
import { fakeQuantize } from './fused/fake-quantize.js';
import { globalNorm } from './fused/global-norm.js';
import { reluGrad } from './fused/relu-grad.js';
import { sgd } from './fused/sgd.js';
import { softmaxCrossEntropy } from './fused/softmax-cross-entropy.js';
import { standardizedFakeQuantizeGrad } from './fused/standardized-fake-quantize-grad.js';
import { standardizedFakeQuantize } from './fused/standardized-fake-quantize.js';

/** Kernels that do in one pass what a composition of ops does in many; most are in WebAssembly of our own, and need its SIMD. */
export const fusedWasmKernels: readonly tf.KernelConfig[] = [
  activatedBatchNorm,
  activatedBatchNormGrad,
  adam,
  allFinite,
  blend,
  fakeQuantize,
  fakeQuantizeGrad,
  globalNorm,
  reluGrad,
  sgd,
  softmaxCrossEntropy,
  standardizedFakeQuantize,
  standardizedFakeQuantizeGrad,
];
