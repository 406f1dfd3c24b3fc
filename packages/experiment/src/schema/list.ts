import { showValue } from '@flatbit/core';
import { z } from 'zod';
import { documentation } from './documentation.js';
import type { Setting } from './leaf.js';
import { parseInPlace } from './parse-in-place.js';

/** An array; errors name the place in it. */
export function list<S extends z.ZodType>(
  takes: string,
  item: S,
): Setting<readonly z.output<S>[], readonly z.input<S>[]> {
  const array = z.array(item);
  const checked = z.unknown().transform((value, context): unknown => {
    if (Array.isArray(value)) return parseInPlace(array, value, context);
    context.issues.push({ code: 'custom', input: value, message: `got ${showValue(value)}; takes ${takes}` });
    return z.NEVER;
  });
  documentation.set(checked, { takes, forms: [item] });
  return checked as unknown as Setting<readonly z.output<S>[], readonly z.input<S>[]>;
}
