import type { Takes } from './check-option.js';
import { isRecord } from './is-record.js';

/** The options of a function: `sgd: got 0.1; takes an object of options`. */
export const anObject: Takes = { words: 'an object of options', accepts: isRecord };
export const aList: Takes = { words: 'a list', accepts: Array.isArray };
export const aFunction: Takes = { words: 'a function', accepts: (value) => typeof value === 'function' };
export const aBoolean: Takes = { words: 'true or false', accepts: (value) => typeof value === 'boolean' };

/** One of a few values: `"stop" or "skip"`. */
export function oneOf(...values: readonly (string | boolean)[]): Takes {
  const shown = values.map((value) => JSON.stringify(value));
  return {
    words: `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)!}`,
    accepts: (value) => values.includes(value as string),
  };
}
