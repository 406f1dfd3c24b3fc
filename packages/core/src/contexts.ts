import type { NamedTensorMap } from '@tensorflow/tfjs';

/**
 * Why the network runs: `clean` and `perturbed` are the two passes of a training step, `calibrate` shows the first batch
 * to whoever starts from data, `evaluate` measures.
 */
export type Phase = 'calibrate' | 'clean' | 'perturbed' | 'evaluate';

/** Where training stands when a step begins. */
export interface StepContext {
  /** Epochs completed before this one. */
  readonly epoch: number;
  /** Steps taken since training began. */
  readonly step: number;
  /** Steps taken in this epoch. */
  readonly stepInEpoch: number;
  /** Unknown in a loop that counts no epochs. */
  readonly stepsPerEpoch?: number;
}

/** Where the perturbation is asked for. */
export interface PerturbContext extends StepContext {
  /** True when sharpness is measured, false in a training step. */
  readonly measuring: boolean;
  /** Gradients of the regularization terms alone, by registry key; absent where a variable is in none. */
  penaltyGradients(): NamedTensorMap;
}

/** One run of the network through the `operand` hook. */
export interface PassContext {
  readonly phase: Phase;
  readonly epoch: number;
  readonly step: number;
  /** Moving statistics normalise and nothing is dropped. */
  readonly inference: boolean;
}
