import { checkOption } from './check-option.js';
import { epochsAt, type Schedule } from './schedule.js';

export interface CosineOptions {
  /** Epochs until the floor is reached. */
  readonly epochs: number;
  /** Where it ends; 0 unless given. */
  readonly floor?: number;
}

/**
 * Half a cosine from 1 to `floor`, by step: `floor + (1 − floor)·(1 + cos(π·t/epochs))/2`.
 * Loshchilov and Hutter, arXiv 1608.03983. @throws UsageError if a number is out of range.
 */
export function cosine({ epochs, floor = 0 }: CosineOptions): Schedule {
  checkOption(epochs > 0, 'cosine.epochs', epochs, 'a number above 0');
  checkOption(floor >= 0 && floor <= 1, 'cosine.floor', floor, 'a number from 0 to 1');
  return (at) => {
    const part = Math.min(1, epochsAt(at) / epochs);
    return floor + ((1 - floor) * (1 + Math.cos(Math.PI * part))) / 2;
  };
}
