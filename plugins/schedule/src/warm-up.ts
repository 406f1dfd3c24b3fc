import { anObject, checkOption } from '@flatbit/core';
import { epochsAt, type Schedule } from './schedule.js';
import { aboveZero, aSchedule, share } from './takes.js';

export interface WarmUpOptions {
  /** Epochs until the schedule behind it is followed in full; parts of one are welcome. */
  readonly epochs: number;
  /** Share of it at the first step; 0 unless given, where the first step moves nothing. */
  readonly from?: number;
}

/** Rises in a line from `from` to 1 times the schedule behind it. @throws UsageError if a number is out of range. */
export function warmUp(options: WarmUpOptions, then: Schedule): Schedule {
  const { epochs, from = 0 } = checkOption(options, 'warmUp', anObject);
  checkOption(epochs, 'warmUp.epochs', aboveZero);
  checkOption(from, 'warmUp.from', share);
  checkOption(then, 'warmUp, then', aSchedule);
  return (at) => then(at) * (from + (1 - from) * Math.min(1, epochsAt(at) / epochs));
}
