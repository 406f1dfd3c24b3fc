import { showValue } from '@flatbit/core';
import { z } from 'zod';
import { documentation } from './documentation.js';

/** A schema that is known by what it reads and what it gives. */
export type Setting<Output, Input = Output> = z.ZodType<Output, Input>;

/** A value without parts: whatever is wrong with it, the error is `got …; takes …`. */
export function leaf<S extends z.ZodType>(takes: string, schema: S): Setting<z.output<S>, z.input<S>> {
  const checked = z.unknown().transform((value, context): unknown => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    context.issues.push({ code: 'custom', input: value, message: `got ${showValue(value)}; takes ${takes}` });
    return z.NEVER;
  });
  documentation.set(checked, { takes });
  return checked as unknown as Setting<z.output<S>, z.input<S>>;
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  ...words: Words
): Setting<Words[number]> {
  const quoted = words.map((word) => `"${word}"`);
  return leaf(`${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)!}`, z.enum(words)) as Setting<
    Words[number]
  >;
}

export const bool = leaf('true or false', z.boolean());
export const count = leaf('a whole number of 1 or more', z.int().positive());
export const wholeNumber = leaf('a whole number of 0 or more', z.int().nonnegative());
export const positive = leaf('a number above 0', z.number().positive());
export const notNegative = leaf('a number of 0 or more', z.number().nonnegative());
/** Something that a JSON file cannot hold. */
export function ownObject<T>(takes: string, isOne: (value: unknown) => boolean): Setting<T> {
  return leaf(takes, z.custom<T>(isOne));
}
