import { UsageError } from '@flatbit/core';

/** What an option takes: in words, and as a test. */
export interface Takes {
  readonly words: string;
  readonly accepts: (value: number) => boolean;
}

export const fromZero: Takes = {
  words: 'a finite number from 0 up',
  accepts: (value) => Number.isFinite(value) && value >= 0,
};
export const aboveZero: Takes = {
  words: 'a finite number above 0',
  accepts: (value) => Number.isFinite(value) && value > 0,
};
export const belowOne: Takes = {
  words: 'a number from 0 up, below 1',
  accepts: (value) => value >= 0 && value < 1,
};

/** Returns `value` if the option takes it. @throws UsageError that names the option, what it got and what it takes. */
export function checkOption(value: unknown, option: string, { words, accepts }: Takes): number {
  if (typeof value === 'number' && accepts(value)) return value;
  throw new UsageError(`${option}: got ${String(value)}; takes ${words}`);
}
