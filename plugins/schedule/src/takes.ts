import type { Takes } from '@flatbit/core';

/** A number that `accepts`. */
const number = (words: string, accepts: (value: number) => boolean): Takes => ({
  words,
  accepts: (value) => typeof value === 'number' && accepts(value),
});

export const aboveZero = number('a number above 0', (value) => value > 0);
export const share = number('a number from 0 to 1', (value) => value >= 0 && value <= 1);
export const aSchedule: Takes = {
  words: 'a schedule, such as cosine({ epochs: 10 })',
  accepts: (value) => typeof value === 'function',
};
export const risingEpochs: Takes = {
  words: 'epochs from 0 in rising order',
  accepts: (value) => Array.isArray(value) && value.every(rises),
};

function rises(epoch: unknown, index: number, epochs: readonly unknown[]): boolean {
  return Number.isFinite(epoch) && (epoch as number) > ((epochs[index - 1] as number | undefined) ?? -1);
}
