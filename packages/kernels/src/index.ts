export type { BatchStatistics } from './batch-statistics.js';
export {
  fusedKernel,
  useFusedKernels,
  type Activation,
  type FusedKernels,
  type GridAttributes,
} from './fused-kernels.js';
export { cloneNormOutput, normOrigin, type NormOrigin } from './norm-origin.js';
export { registerTensorflowKernels, type TensorflowKernelOptions } from './register-tensorflow-kernels.js';
export { registerWasmKernels } from './register-wasm-kernels.js';
export { registerWebgpuKernels } from './register-webgpu-kernels.js';
export { trainingBatchNorm, type TrainingBatchNorm } from './training-batch-norm.js';
