export type { BatchStatistics } from './batch-statistics.js';
export { registerWasmKernels } from './register-wasm-kernels.js';
export { trainingBatchNorm, type TrainingBatchNorm } from './training-batch-norm.js';
