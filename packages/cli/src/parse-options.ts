import { InvalidArgumentError } from 'commander';

/** Gathers the values of an option that can be repeated. */
export function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** Reads an integer from `least` to `most`. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`takes an integer ${range}`);
  };
}

/** Reads `32x32x3`. */
export function shape(value: string): readonly [number, number, number] {
  if (!/^[1-9]\d*x[1-9]\d*x[1-9]\d*$/.test(value)) {
    throw new InvalidArgumentError('takes height x width x channels, such as 32x32x3');
  }
  return value.split('x').map(Number) as [number, number, number];
}
