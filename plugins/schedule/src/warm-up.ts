import { checkEpochs, checkFactor } from './check-options.js';
import { epochsDone, type Schedule } from './schedule.js';

export interface WarmUpOptions {
  /** Epochs until the ramp has reached 1. */
  readonly epochs: number;
  /** The ramp's first factor; 0 unless given, and then the very first step moves nothing. */
  readonly from?: number;
}

/**
 * Ramps another schedule up in a straight line, at every step: `then · (from + (1 − from)·t)`, `t` from 0 to 1 over
 * `epochs` (Goyal et al., arXiv 1706.02677). `then` counts its epochs from the start of training, not from the ramp's end,
 * so that `warmUp({ epochs: 5 }, cosine({ epochs: 90 }))` takes 90 epochs in all, without a jump.
 * @throws UsageError for an option out of range; at a step, if the loop does not say how many steps an epoch has.
 */
export function warmUp({ epochs, from = 0 }: WarmUpOptions, then: Schedule): Schedule {
  checkEpochs(epochs, 'warmUp');
  checkFactor(from, 'warmUp from');
  return (at) => {
    const t = Math.min(1, epochsDone(at, 'warmUp') / epochs);
    return then(at) * (from + (1 - from) * t);
  };
}
