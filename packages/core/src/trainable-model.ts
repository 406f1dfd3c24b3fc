import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { PassContext } from './contexts.js';
import type { Operand } from './operand.js';
import type { RegisteredVariable } from './variable-registry.js';

/** Hands a value through the `operand` hook. A weight is computed once per pass, however often it is read. */
export type OperandReader = (operand: Operand, value: Tensor) => Tensor;

/** A layer that holds weights and cannot be quantized, and why. */
export interface UnsupportedLayer {
  readonly layer: string;
  readonly reason: string;
}

/** A network in the shape that a training needs. `@flatbit/layers` makes one of a `tf.LayersModel`. */
export interface TrainableModel {
  readonly operands: readonly Operand[];
  /** Trainable variables, and the statistics that move without a gradient (role `statistic`). */
  readonly variables: readonly RegisteredVariable[];
  readonly unsupported: readonly UnsupportedLayer[];
  /**
   * Runs the network: one tensor per output, `[batch, ...]`. Every weight and activation operand goes through `read`.
   * Batch statistics of a pass that trains are gathered, and moved by `moveStatistics`.
   */
  forward(inputs: readonly Tensor[], pass: PassContext, read: OperandReader): readonly Tensor[];
  /** Regularization terms of the latent weights, to be added to the loss. */
  penalties(): readonly Scalar[];
  /** Moves the statistics that the step's passes gathered; where `healthy` (bool scalar) is false they stay. */
  moveStatistics(healthy: Scalar): void;
  /** Forgets them, because the step failed. */
  discardStatistics(): void;
  /** Gives back what was borrowed; the network itself lives on. */
  dispose(): void;
}
