import type { StepContext } from './contexts.js';

/** Mean loss and metrics over the examples that were seen. */
export interface Measures {
  readonly loss: number;
  /** By metric name, `accuracy` for one. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** One step in plain numbers. Loss and metrics are those of the clean pass. */
export interface StepReport extends StepContext, Measures {
  /** Number of examples. */
  readonly size: number;
  /** `L(θ + ε) − L(θ)`, on steps that were perturbed. */
  readonly sharpness?: number;
  /** False when the step met NaN or infinity, and therefore moved nothing. */
  readonly finite: boolean;
  /** The first pass that was not finite. */
  readonly failedPass?: 'clean' | 'perturbed';
}

/** One epoch in plain numbers. */
export interface EpochSummary {
  /** Epochs completed, this one included: 1 after the first. */
  readonly epoch: number;
  /** Epochs that were asked for. */
  readonly epochs: number;
  /** Steps taken since training began. */
  readonly step: number;
  /** Factor on the learning rates at the last step. */
  readonly learningRateFactor: number;
  readonly training: Measures & { readonly sharpness?: number; readonly skippedSteps?: number };
  readonly validation?: Measures;
  /** The only part in which two equal runs differ. */
  readonly timing: { readonly seconds: number; readonly examplesPerSecond: number };
}
