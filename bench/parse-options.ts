import { InvalidArgumentError } from 'commander';

/** Reads an integer of `least` or more. */
export function integer(least: number): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= least) return number;
    throw new InvalidArgumentError(`takes an integer of ${least} or more`);
  };
}
