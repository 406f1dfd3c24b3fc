import { anObject, checkOption } from '@flatbit/core';
import type { Schedule } from './schedule.js';
import { aboveZero, risingEpochs } from './takes.js';

export interface MultiStepOptions {
  /** Epochs after which the factor falls, in rising order. */
  readonly milestones: readonly number[];
  /** What it is multiplied by at each; 0.1 unless given. */
  readonly gamma?: number;
}

/** `gamma` to the power of the milestones passed: 1, then 0.1, then 0.01. @throws UsageError if milestones do not rise. */
export function multiStep(options: MultiStepOptions): Schedule {
  const { milestones, gamma = 0.1 } = checkOption(options, 'multiStep', anObject);
  checkOption(milestones, 'multiStep.milestones', risingEpochs);
  checkOption(gamma, 'multiStep.gamma', aboveZero);
  return ({ epoch }) => gamma ** milestones.filter((milestone) => epoch >= milestone).length;
}
