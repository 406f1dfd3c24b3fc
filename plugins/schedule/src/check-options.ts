import { UsageError } from '@flatbit/core';

/** @throws UsageError that names the option, what it got and what it takes. */
export function checkEpochs(epochs: number, schedule: string): void {
  if (Number.isFinite(epochs) && epochs > 0) return;
  throw new UsageError(`${schedule} epochs: got ${epochs}; takes a number above 0`);
}

/** @throws UsageError that names the option, what it got and what it takes. */
export function checkFactor(factor: number, option: string): void {
  if (factor >= 0 && factor <= 1) return;
  throw new UsageError(`${option}: got ${factor}; takes a factor from 0 to 1`);
}
