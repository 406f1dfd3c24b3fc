import type { Takes } from '@flatbit/core';

/** A number that `accepts`. */
const number = (words: string, accepts: (value: number) => boolean): Takes => ({
  words,
  accepts: (value) => typeof value === 'number' && accepts(value),
});

export const fromZero = number('a finite number from 0 up', (value) => Number.isFinite(value) && value >= 0);
export const aboveZero = number('a finite number above 0', (value) => Number.isFinite(value) && value > 0);
export const belowOne = number('a number from 0 up, below 1', (value) => value >= 0 && value < 1);
