import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { RegisteredVariable } from './variable-registry.js';

/** A variable and the gradient it is moved by. */
export interface ParameterUpdate {
  readonly parameter: RegisteredVariable;
  readonly gradient: Tensor;
}

export interface UpdateOptions {
  /** Factor on every learning rate in this step. */
  readonly learningRateFactor: number;
  /** Bool scalar; where it is false, no parameter and no slot moves. */
  readonly healthy: Scalar;
}

/** Moves parameters along gradients. Its whole state is in its slots. */
export interface Optimizer {
  readonly name: string;
  /** Allocates the slots, in the order of `parameters`. Called once per training. */
  prepare(parameters: readonly RegisteredVariable[]): void;
  update(updates: readonly ParameterUpdate[], options: UpdateOptions): void;
  /** By name: `<parameter key>/momentum`, `step`, … */
  slots(): ReadonlyMap<string, Variable>;
  dispose(): void;
}
