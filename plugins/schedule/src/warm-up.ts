import { checkOption } from './check-option.js';
import { epochsAt, type Schedule } from './schedule.js';

export interface WarmUpOptions {
  /** Epochs until the schedule behind it is followed in full; parts of one are welcome. */
  readonly epochs: number;
  /** Share of it at the first step; 0 unless given, where the first step moves nothing. */
  readonly from?: number;
}

/** Rises in a line from `from` to 1 times the schedule behind it. @throws UsageError if a number is out of range. */
export function warmUp({ epochs, from = 0 }: WarmUpOptions, then: Schedule): Schedule {
  checkOption(epochs > 0, 'warmUp.epochs', epochs, 'a number above 0');
  checkOption(from >= 0 && from <= 1, 'warmUp.from', from, 'a number from 0 to 1');
  return (at) => then(at) * (from + (1 - from) * Math.min(1, epochsAt(at) / epochs));
}
