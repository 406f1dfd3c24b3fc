import { isRecord, nearestName, showValue } from '@flatbit/core';
import { z } from 'zod';
import { documentation } from './documentation.js';
import type { Setting } from './leaf.js';
import { parseInPlace } from './parse-in-place.js';

type Choices = Readonly<Record<string, z.ZodType>>;

/** An object whose `name` says which keys it has: one section per name. Without a name it is that of `fallback`. */
export function choice<C extends Choices>(
  choices: C,
  fallback?: keyof C & string,
): Setting<z.output<C[keyof C]>, z.input<C[keyof C]>> {
  const names = Object.keys(choices);
  const checked = z.unknown().transform((value, context): unknown => {
    const name = isRecord(value) ? (value['name'] ?? fallback) : undefined;
    if (typeof name === 'string' && Object.hasOwn(choices, name))
      return parseInPlace(choices[name]!, value, context);
    context.issues.push({ code: 'custom', input: value, ...complaint(value, name, names) });
    return z.NEVER;
  });
  documentation.set(checked, {
    takes: `an object with a name: ${names.join(', ')}`,
    choices,
    ...(fallback !== undefined && { fallback }),
  });
  return checked as unknown as Setting<z.output<C[keyof C]>, z.input<C[keyof C]>>;
}

function complaint(value: unknown, name: unknown, names: readonly string[]) {
  if (!isRecord(value))
    return { message: `got ${showValue(value)}; takes an object with a name: ${names.join(', ')}` };
  const nearest = typeof name === 'string' ? nearestName(name, names) : undefined;
  const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  return { path: ['name'], message: `got ${showValue(name)}${hint}; takes one of ${names.join(', ')}` };
}
