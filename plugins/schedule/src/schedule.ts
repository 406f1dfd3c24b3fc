import { type StepContext, UsageError } from '@flatbit/core';

/** The factor on every learning rate at a step; a pure function of where training stands, so that there is no state to save. */
export type Schedule = (at: StepContext) => number;

/**
 * Epochs done so far, with the part of the one under way: 2.5 in the middle of the third.
 * @throws UsageError naming the `schedule`, if the loop does not say how many steps an epoch has.
 */
export function epochsDone({ epoch, stepInEpoch, stepsPerEpoch }: StepContext, schedule: string): number {
  if (stepsPerEpoch !== undefined && stepsPerEpoch > 0) return epoch + stepInEpoch / stepsPerEpoch;
  throw new UsageError(
    `schedule "${schedule}" moves at every step and needs the steps of an epoch, which this loop does not say; ` +
      'train with fit, or use multiStep or constant',
  );
}
