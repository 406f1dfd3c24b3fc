import { z } from 'zod';
import { documentation } from './documentation.js';
import type { Setting } from './leaf.js';
import { nearestName } from './nearest-name.js';
import { parseInPlace } from './parse-in-place.js';
import { isRecord } from './section.js';
import { showValue } from './show-value.js';

type Choices = Readonly<Record<string, z.ZodType>>;

/** An object whose `name` says which keys it has: one section per name. */
export function choice<C extends Choices>(choices: C): Setting<z.output<C[keyof C]>, z.input<C[keyof C]>> {
  const names = Object.keys(choices);
  const checked = z.unknown().transform((value, context): unknown => {
    const name = isRecord(value) ? value['name'] : undefined;
    if (typeof name === 'string' && Object.hasOwn(choices, name))
      return parseInPlace(choices[name]!, value, context);
    const nearest = typeof name === 'string' ? nearestName(name, names) : undefined;
    const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
    context.issues.push({
      code: 'custom',
      input: value,
      ...(isRecord(value) && { path: ['name'] }),
      message: `got ${showValue(isRecord(value) ? name : value)}${hint}; takes ${
        isRecord(value) ? 'one of' : 'an object with a name:'
      } ${names.join(', ')}`,
    });
    return z.NEVER;
  });
  documentation.set(checked, { takes: 'an object with a name', forms: Object.values(choices) });
  return checked as unknown as Setting<z.output<C[keyof C]>, z.input<C[keyof C]>>;
}
