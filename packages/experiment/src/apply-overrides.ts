import { isRecord, UsageError } from '@flatbit/core';

/**
 * Puts `key=value` assignments over a configuration, which stays as it is. Keys are dotted, `optimizer.learningRate=0.1`;
 * a value is JSON, or else a string. A key of a list is a place in it: `bits.layers.0.weights=8`.
 * @throws UsageError for an assignment without `=` or with an empty key.
 */
export function applyOverrides(config: unknown, assignments: readonly string[]): unknown {
  return assignments.reduce<unknown>((changed, assignment) => {
    const { keys, value } = parseAssignment(assignment);
    return assign(changed, keys, value);
  }, config);
}

function parseAssignment(assignment: string): { readonly keys: readonly string[]; readonly value: unknown } {
  const equals = assignment.indexOf('=');
  const keys = assignment.slice(0, Math.max(equals, 0)).split('.');
  if (keys.some((key) => key === '' || key === '__proto__'))
    throw new UsageError(`--set: got "${assignment}"; takes key=value, such as optimizer.learningRate=0.1`);
  return { keys, value: parseValue(assignment.slice(equals + 1)) };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A copy along the path; what is no object there gives way to one. */
function assign(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(target)) {
    const copy: unknown[] = [...(target as readonly unknown[])];
    const index = /^\d+$/.test(key) ? Number(key) : NaN;
    if (!(index <= copy.length))
      throw new UsageError(
        `--set: "${key}" is no place in a list of ${copy.length}; takes 0 to ${copy.length}`,
      );
    copy[index] = assign(copy[index], rest, value);
    return copy;
  }
  const record = isRecord(target) ? target : {};
  return { ...record, [key]: assign(record[key], rest, value) };
}
