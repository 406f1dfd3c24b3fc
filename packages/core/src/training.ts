import type { StepContext } from './contexts.js';
import type { Loss, Metric } from './loss.js';
import type { Optimizer } from './optimizer.js';
import type { TrainableModel } from './trainable-model.js';
import type { TrainingHooks } from './training-hooks.js';
import type { TrainingPlugin } from './training-plugin.js';
import type { VariableRegistry } from './variable-registry.js';

export interface TrainingOptions {
  readonly model: TrainableModel;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly plugins?: readonly TrainingPlugin[];
  /** Reported by name beside the loss. */
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** Where one-line warnings go; `console.warn` unless given. */
  readonly warn?: (line: string) => void;
}

/** Where training stands; changes after each step. */
export type Position = { -readonly [K in keyof StepContext]: StepContext[K] } & {
  /** Whether the calibrating pass has been. */
  calibrated: boolean;
};

/** A model, its optimizer and its plugins, wired and ready to step. */
export interface Training {
  readonly model: TrainableModel;
  readonly loss: Loss;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly optimizer: Optimizer;
  readonly plugins: readonly TrainingPlugin[];
  readonly hooks: TrainingHooks;
  readonly variables: VariableRegistry;
  readonly position: Position;
  /** Sums of the epoch under way, so that an interrupted one goes on exactly. */
  readonly meters: Meters;
  readonly warn: (line: string) => void;
  /** Frees the plugins' variables and the optimizer's slots; the model lives on. */
  dispose(): void;
}

/** Sums over the examples of one epoch, in double precision. */
export interface Meters {
  examples: number;
  skippedSteps: number;
  /** Examples in steps that were perturbed. */
  perturbedExamples: number;
  /** By name: `loss`, `sharpness`, each metric. */
  sums: Record<string, number>;
}
