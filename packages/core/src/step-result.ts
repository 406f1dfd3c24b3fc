import type { Scalar } from '@tensorflow/tfjs';
import type { StepContext } from './contexts.js';

/** What a step leaves on the device. Whoever called `trainStep` disposes it. */
export interface StepResult {
  readonly context: StepContext;
  /** Number of examples. */
  readonly size: number;
  /** Mean loss of the clean pass, penalties included. */
  readonly loss: Scalar;
  /** Mean loss at `θ + ε`, if the step was perturbed. */
  readonly perturbedLoss?: Scalar;
  /** Means over the batch, of the clean pass. */
  readonly metrics: Readonly<Record<string, Scalar>>;
  /** Whether loss and gradients of each pass were finite (bool); if one was not, nothing has moved. */
  readonly finite: { readonly clean: Scalar; readonly perturbed?: Scalar };
}
