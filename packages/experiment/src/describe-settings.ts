import { isRecord, type Json } from '@flatbit/core';

/**
 * An experiment's settings as JSON. What JSON cannot hold (a function, an object with methods) becomes `{ custom: name }`,
 * by which two runs are told apart as far as that goes.
 */
export function describeSettings(settings: object): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, describe(value)]));
}

function describe(value: unknown): Json {
  if (typeof value === 'function') return { custom: value.name };
  if (Array.isArray(value)) return value.map(describe);
  if (!isRecord(value)) return value as Json;
  return isPlain(value) ? describeSettings(value) : { custom: String(value['name'] ?? '') };
}

/** Whether an object is nothing but its entries, none of which is a method. */
function isPlain(value: object): boolean {
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every((entry) => typeof entry !== 'function')
  );
}
