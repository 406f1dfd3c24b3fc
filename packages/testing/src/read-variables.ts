import { AssertionError } from 'chai';
import type { Training } from '@flatbit/core';
import { expectSameBits } from './expect-same-bits.js';

/** Values of variables by key. */
export type VariableValues = ReadonlyMap<string, Float32Array>;

/** Copies every registered variable and every optimizer slot (`optimizer: <slot>`) to the host. */
export async function readVariables(training: Training): Promise<VariableValues> {
  const variables = training.variables.all().map(({ key, variable }) => [key, variable] as const);
  const slots = [...training.optimizer.slots()].map(([name, slot]) => [`optimizer: ${name}`, slot] as const);
  const values = new Map<string, Float32Array>();
  for (const [key, variable] of [...variables, ...slots]) {
    values.set(key, Float32Array.from(await variable.data()));
  }
  return values;
}

/** Holds when both have the same keys and bits. @throws AssertionError that names the key, index and values. */
export function expectSameVariables(actual: VariableValues, expected: VariableValues): void {
  const keys = (values: VariableValues) => [...values.keys()].sort().join(', ');
  if (keys(actual) !== keys(expected)) {
    throw new AssertionError(
      `variables are ${keys(actual)}; expected ${keys(expected)}`,
      {},
      expectSameVariables,
    );
  }
  for (const [key, values] of expected) {
    try {
      expectSameBits(actual.get(key)!, values);
    } catch (error) {
      throw new AssertionError(`"${key}" ${(error as Error).message}`, {}, expectSameVariables);
    }
  }
}
