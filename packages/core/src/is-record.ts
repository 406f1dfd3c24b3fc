/** Whether a value has entries under names; an array has none. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is an object that has a function under each of these keys. */
export const hasMethods =
  (...keys: readonly string[]) =>
  (value: unknown): boolean =>
    isRecord(value) && keys.every((key) => typeof value[key] === 'function');
