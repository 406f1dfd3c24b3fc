import type { StepContext } from './contexts.js';
import type { Position } from './training.js';

/** The step that comes next. */
export function contextOf({ epoch, step, stepInEpoch, stepsPerEpoch }: Position): StepContext {
  return { epoch, step, stepInEpoch, ...(stepsPerEpoch !== undefined && { stepsPerEpoch }) };
}
