import { AssertionError } from 'chai';
import { type Comparable, hostValues, sizeDifference } from './host-values.js';

/**
 * Holds when both are the same float32 numbers bit for bit: `0` is not `−0`, and a NaN is the same NaN.
 * @throws AssertionError with the first index that differs and both values, or how sizes differ.
 */
export function expectSameBits(actual: Comparable, expected: Comparable): void {
  const [found, wanted] = [hostValues(actual), hostValues(expected)];
  const problem = sizeDifference(found, wanted) ?? firstDifference(found.data, wanted.data);
  if (problem) throw new AssertionError(problem, {}, expectSameBits);
}

function firstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): string | undefined {
  const [a, b] = [bitsOf(actual), bitsOf(expected)];
  const index = a.findIndex((bits, at) => bits !== b[at]);
  if (index < 0) return undefined;
  const show = (values: ArrayLike<number>, bits: Uint32Array) =>
    `${Object.is(values[index], -0) ? '-0' : values[index]} (0x${bits[index]!.toString(16).padStart(8, '0')})`;
  return `at index ${index}: got ${show(actual, a)}, expected ${show(expected, b)}`;
}

/** A typed array of 32-bit numbers is looked at as it is, so that a NaN keeps its payload. */
function bitsOf(values: ArrayLike<number>): Uint32Array {
  const numbers =
    values instanceof Float32Array || values instanceof Int32Array ? values : Float32Array.from(values);
  return new Uint32Array(numbers.slice().buffer);
}
