import { UsageError } from '@flatbit/core';
import { checkFactor } from './check-options.js';
import type { Schedule } from './schedule.js';

export interface MultiStepOptions {
  /** Epochs after which the factor drops, ascending: at 80, the 81st epoch is the first with the smaller one. */
  readonly milestones: readonly number[];
  /** What it drops by; 0.1 unless given. */
  readonly gamma?: number;
}

/**
 * Drops at milestones: `gamma ^ (milestones that epochs have reached)`.
 * @throws UsageError if the milestones are not ascending whole numbers above 0, or `gamma` is not from 0 to 1.
 */
export function multiStep({ milestones, gamma = 0.1 }: MultiStepOptions): Schedule {
  const ascending = milestones.every(
    (milestone, index) => Number.isInteger(milestone) && milestone > (milestones[index - 1] ?? 0),
  );
  if (!ascending)
    throw new UsageError(
      `multiStep milestones: got ${milestones.join(', ')}; takes ascending whole numbers of epochs above 0`,
    );
  checkFactor(gamma, 'multiStep gamma');
  return ({ epoch }) => gamma ** milestones.filter((milestone) => milestone <= epoch).length;
}
