import type { Tensor } from '@tensorflow/tfjs';

/** What one step consumes. The loop disposes the tensors when the step is over. */
export interface Batch {
  /** One tensor per model input, `[batch, ...]`. */
  readonly inputs: readonly Tensor[];
  /** One tensor per model output, `[batch, ...]`; class labels are int32 `[batch]`. */
  readonly targets: readonly Tensor[];
  /** Number of examples. */
  readonly size: number;
}

/** Where in a source to begin: the first step of an epoch, or a later one when a run is resumed. */
export interface SourcePosition {
  readonly epoch: number;
  /** Steps of the epoch to skip; 0 unless given. */
  readonly step?: number;
}

/** Batches whose content and order depend on nothing but the source's own seed and the position. */
export interface BatchSource {
  /** Examples in one epoch. */
  readonly examples: number;
  readonly stepsPerEpoch: number;
  batches(from: SourcePosition): Iterable<Batch> | AsyncIterable<Batch>;
}
