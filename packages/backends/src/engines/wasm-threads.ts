import { UsageError } from '@flatbit/core';
import { maxThreads } from './wasm-workers.js';

const variable = 'FLATBIT_WASM_THREADS';

/**
 * How many threads the `wasm` engine is to have in Node: what the variable `FLATBIT_WASM_THREADS` says, else one. Where other
 * processes keep the processors busy, threads wait for one another, and small networks train several times slower.
 * @throws UsageError when the variable is not a whole number that the engine can have.
 */
export function wasmThreads(): number {
  const asked = process.env[variable];
  if (asked === undefined || asked === '') return 1;
  const threads = Number(asked);
  if (Number.isInteger(threads) && threads >= 1 && threads <= maxThreads) return threads;
  throw new UsageError(`${variable} is "${asked}"; give a whole number from 1 to ${maxThreads}`);
}
