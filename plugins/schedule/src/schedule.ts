import type { StepContext } from '@flatbit/core';

/** Factor on every learning rate at a step. A pure function, so that a run that resumes follows it exactly. */
export type Schedule = (at: StepContext) => number;

/** Epochs so far, the running one in parts: 2.5 in the middle of the third. Whole where steps per epoch are unknown. */
export function epochsAt({ epoch, stepInEpoch, stepsPerEpoch }: StepContext): number {
  return epoch + (stepsPerEpoch ? stepInEpoch / stepsPerEpoch : 0);
}
