import { checkOption } from './check-option.js';
import type { Schedule } from './schedule.js';

export interface MultiStepOptions {
  /** Epochs after which the factor falls, in rising order. */
  readonly milestones: readonly number[];
  /** What it is multiplied by at each; 0.1 unless given. */
  readonly gamma?: number;
}

/** `gamma` to the power of the milestones passed: 1, then 0.1, then 0.01. @throws UsageError if milestones do not rise. */
export function multiStep({ milestones, gamma = 0.1 }: MultiStepOptions): Schedule {
  const rising = milestones.every(
    (epoch, index) => epoch > (milestones[index - 1] ?? -1) && Number.isFinite(epoch),
  );
  checkOption(rising, 'multiStep.milestones', milestones, 'epochs from 0 in rising order');
  checkOption(gamma > 0, 'multiStep.gamma', gamma, 'a number above 0');
  return ({ epoch }) => gamma ** milestones.filter((milestone) => epoch >= milestone).length;
}
