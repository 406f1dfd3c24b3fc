import type { TrainingHooks } from './training-hooks.js';

/** Something that joins training: taps hooks under its own name. Names in `after` and `before` must be installed too. */
export interface TrainingPlugin {
  readonly name: string;
  /** Plugins whose taps of the same hook and stage run earlier. */
  readonly after?: readonly string[];
  /** Plugins whose taps of the same hook and stage run later. */
  readonly before?: readonly string[];
  /** Plugins that cannot be in the same training. */
  readonly conflictsWith?: readonly string[];
  apply(hooks: TrainingHooks): void;
}
