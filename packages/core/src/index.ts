export type { Batch, BatchSource, SourcePosition } from './batch.js';
export { UsageError } from './usage-error.js';
