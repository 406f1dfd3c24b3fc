import { showValue } from './show-value.js';
import { UsageError } from './usage-error.js';

/** What an option takes: the words that end "takes …", and the test. */
export interface Takes {
  readonly words: string;
  readonly accepts: (value: unknown) => boolean;
}

/** Returns `value` if the option takes it. @throws UsageError that names the option, what it got and what it takes. */
export function checkOption<T>(value: T, option: string, { words, accepts }: Takes): T {
  if (accepts(value)) return value;
  throw new UsageError(`${option}: got ${showValue(value)}; takes ${words}`);
}
