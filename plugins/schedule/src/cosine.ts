import { anObject, checkOption } from '@flatbit/core';
import { epochsAt, type Schedule } from './schedule.js';
import { aboveZero, share } from './takes.js';

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
export function cosine(options: CosineOptions): Schedule {
  const { epochs, floor = 0 } = checkOption(options, 'cosine', anObject);
  checkOption(epochs, 'cosine.epochs', aboveZero);
  checkOption(floor, 'cosine.floor', share);
  return (at) => {
    const part = Math.min(1, epochsAt(at) / epochs);
    return floor + ((1 - floor) * (1 + Math.cos(Math.PI * part))) / 2;
  };
}
