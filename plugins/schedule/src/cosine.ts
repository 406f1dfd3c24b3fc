import { checkEpochs, checkFactor } from './check-options.js';
import { epochsDone, type Schedule } from './schedule.js';

export interface CosineOptions {
  /** Epochs until the floor is reached. */
  readonly epochs: number;
  /** The last factor; 0 unless given. */
  readonly floor?: number;
}

/**
 * Falls along half a cosine, at every step: `floor + (1 − floor)·(1 + cos(π·t)) / 2`, `t` from 0 to 1 over `epochs`
 * (Loshchilov and Hutter, arXiv 1608.03983, one cycle). Afterwards it stays at the floor.
 * @throws UsageError for an option out of range; at a step, if the loop does not say how many steps an epoch has.
 */
export function cosine({ epochs, floor = 0 }: CosineOptions): Schedule {
  checkEpochs(epochs, 'cosine');
  checkFactor(floor, 'cosine floor');
  return (at) => {
    const t = Math.min(1, epochsDone(at, 'cosine') / epochs);
    return floor + ((1 - floor) * (1 + Math.cos(Math.PI * t))) / 2;
  };
}
