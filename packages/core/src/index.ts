export type { Batch, BatchSource, SourcePosition } from './batch.js';
