import type { Json } from '@flatbit/core';
import type { z } from 'zod';
import { documentation } from './schema/documentation.js';
import { experimentSchema } from './schema/experiment.js';

/** One key of an experiment file. */
export interface KeyDescription {
  /** Dotted: `optimizer.learningRate`. */
  readonly key: string;
  /** The names under which there is such a key, where that depends on one: `sgd`. */
  readonly of?: string;
  /** Ends the sentence "takes …". */
  readonly takes: string;
  /** What it is where it is left out; absent if it must be given, or is then derived from other settings. */
  readonly default?: Json;
}

/** Every key that an experiment file can have. */
export function describeKeys(): readonly KeyDescription[] {
  return keysOf(experimentSchema, {});
}

interface Place {
  readonly key?: string;
  readonly of?: string;
}

function keysOf(schema: z.ZodType, place: Place): readonly KeyDescription[] {
  const { keys = {}, choices = {}, forms = [], fallback } = documentation.get(unwrap(schema).inner) ?? {};
  const names = Object.keys(choices);
  const name = { takes: names.join(', '), ...(fallback !== undefined && { default: fallback }) };
  return [
    ...(names.length > 0 ? [{ ...within(place, 'name'), ...name }] : []),
    ...Object.entries(keys).flatMap(([name, child]) => describe(child, within(place, name))),
    ...Object.entries(choices).flatMap(([of, child]) => keysOf(child, { ...place, of })),
    ...forms.flatMap((form) => keysOf(form, place)),
  ];
}

function describe(schema: z.ZodType, place: Required<Pick<Place, 'key'>> & Place): readonly KeyDescription[] {
  const { inner, initial } = unwrap(schema);
  const takes = documentation.get(inner)?.takes;
  const own = takes === undefined ? [] : [{ ...place, takes, ...(initial && { default: initial.value }) }];
  return [...own, ...keysOf(inner, place)];
}

function within({ key, of }: Place, name: string): Required<Pick<Place, 'key'>> & Place {
  return { key: key === undefined ? name : `${key}.${name}`, ...(of !== undefined && { of }) };
}

interface Unwrapped {
  readonly inner: z.ZodType;
  readonly initial?: { readonly value: Json };
}

/** What is inside of a default, of something optional, and in front of a transformation. */
function unwrap(schema: z.ZodType): Unwrapped {
  const {
    innerType,
    defaultValue,
    in: first,
  } = schema.def as unknown as {
    readonly innerType?: z.ZodType;
    readonly defaultValue?: Json;
    readonly in?: z.ZodType;
  };
  if (documentation.has(schema)) return { inner: schema };
  if (innerType)
    return { ...unwrap(innerType), ...(defaultValue !== undefined && { initial: { value: defaultValue } }) };
  return first ? unwrap(first) : { inner: schema };
}
