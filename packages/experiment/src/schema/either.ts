import { isRecord, showValue } from '@flatbit/core';
import { z } from 'zod';
import { documentation } from './documentation.js';
import type { Setting } from './leaf.js';
import { parseInPlace } from './parse-in-place.js';

/** One way of writing a setting, and how to see that it is meant. */
export interface Form {
  readonly when: (value: unknown) => boolean;
  readonly schema: z.ZodType;
}

type Output<Forms extends readonly Form[], Last> = z.output<Forms[number]['schema'] | Last>;
type Input<Forms extends readonly Form[], Last> = z.input<Forms[number]['schema'] | Last>;

/** A setting that can be written as one of `forms`, or else as the object `last`. */
export function either<const Forms extends readonly Form[], Last extends z.ZodType = never>(
  takes: string,
  forms: Forms,
  last?: Last,
): Setting<Output<Forms, Last>, Input<Forms, Last>> {
  const checked = z.unknown().transform((value, context): unknown => {
    const meant = forms.find(({ when }) => when(value))?.schema ?? (isRecord(value) ? last : undefined);
    if (meant) return parseInPlace(meant, value, context);
    context.issues.push({ code: 'custom', input: value, message: `got ${showValue(value)}; takes ${takes}` });
    return z.NEVER;
  });
  documentation.set(checked, {
    takes,
    forms: [...forms.map(({ schema }) => schema), ...(last ? [last] : [])],
  });
  return checked as unknown as Setting<Output<Forms, Last>, Input<Forms, Last>>;
}

export const isNumber = (value: unknown): boolean => typeof value === 'number';
export const isFalse = (value: unknown): boolean => value === false;
export const isFunction = (value: unknown): boolean => typeof value === 'function';
