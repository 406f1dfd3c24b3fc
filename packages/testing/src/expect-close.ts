import { AssertionError } from 'chai';
import { type Comparable, hostValues, sizeDifference } from './host-values.js';

export interface Tolerance {
  /** `r` of `|a − b| ≤ r·|b| + r·max|expected|`; 1e-5 unless given. */
  readonly relative?: number;
  /** Replaces the second term, `r·max|expected|`. */
  readonly absolute?: number;
}

/**
 * Holds when every value is within `r·|b| + r·max|expected|` of the expected one. NaN equals NaN, an infinity itself.
 * @throws AssertionError with the worst index and both values, or how sizes differ.
 */
export function expectClose(actual: Comparable, expected: Comparable, tolerance: Tolerance = {}): void {
  const [found, wanted] = [hostValues(actual), hostValues(expected)];
  const problem = sizeDifference(found, wanted) ?? worstDifference(found.data, wanted.data, tolerance);
  if (problem) throw new AssertionError(problem, {}, expectClose);
}

function worstDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 1e-5, absolute }: Tolerance,
): string | undefined {
  const floor = absolute ?? relative * largest(expected);
  let worst: { index: number; excess: number } | undefined;
  for (let index = 0; index < expected.length; index += 1) {
    const [a, b] = [actual[index]!, expected[index]!];
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b) - (relative * Math.abs(b) + floor);
    // Nothing else is close to NaN or to an infinity.
    const excess = Number.isNaN(difference) ? Infinity : difference;
    if (excess > (worst?.excess ?? 0)) worst = { index, excess };
  }
  if (!worst) return undefined;
  const [a, b] = [actual[worst.index]!, expected[worst.index]!];
  const allowed = relative * Math.abs(b) + floor;
  return `at index ${worst.index}: got ${a}, expected ${b}; they differ by ${Math.abs(a - b)}, allowed ${allowed}`;
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values, Math.abs)
    .filter(Number.isFinite)
    .reduce((max, size) => Math.max(max, size), 0);
}
