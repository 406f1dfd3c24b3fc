import { isRecord, nearestName, showValue } from '@flatbit/core';
import { z } from 'zod';
import { documentation } from './documentation.js';
import type { Setting } from './leaf.js';
import { parseInPlace } from './parse-in-place.js';

type Shape = Readonly<Record<string, z.ZodType>>;

/** What a section reads: an object with these keys. */
export type SectionInput<S extends Shape> = z.input<z.ZodObject<S, z.core.$strict>>;
/** What it gives. */
export type SectionOutput<S extends Shape> = z.output<z.ZodObject<S, z.core.$strict>>;

/** An object with these keys and no others. A key whose value is `undefined` counts as left out. */
export function section<S extends Shape>(keys: S): Setting<SectionOutput<S>, SectionInput<S>> {
  const names = Object.keys(keys);
  const strict = z.strictObject(keys);
  const checked = z.unknown().transform((value, context): unknown => {
    if (!isRecord(value)) {
      const message = `got ${showValue(value)}; takes an object with ${names.join(', ')}`;
      context.issues.push({ code: 'custom', input: value, message });
      return z.NEVER;
    }
    const given = Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
    const unknown = Object.keys(given).find((key) => !names.includes(key));
    if (unknown !== undefined) {
      const nearest = nearestName(unknown, names);
      const hint = nearest === undefined ? `takes ${names.join(', ')}` : `did you mean "${nearest}"?`;
      context.issues.push({ code: 'custom', input: value, path: [unknown], message: `unknown key; ${hint}` });
      return z.NEVER;
    }
    return parseInPlace(strict, given, context);
  });
  documentation.set(checked, { takes: `an object with ${names.join(', ')}`, keys });
  return checked as unknown as Setting<SectionOutput<S>, SectionInput<S>>;
}
