/** A value as an error message quotes it: short, on one line. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (isInstance(value)) return `an instance of ${value.constructor.name}`;
  const json = JSON.stringify(value, briefly) as string | undefined;
  const text = json ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** In JSON, what is inside an object is named where it is no plain value: pixels by the million, a network. */
function briefly(_key: string, value: unknown): unknown {
  return isInstance(value) ? value.constructor.name : value;
}

/** Whether a value was made by a class. */
function isInstance(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype;
}
