import type { Assembly } from './assemble.js';
import { bitsOf } from './instructions.js';
import { linkSurely } from './link.js';

const floatBytes = 4;
/** The floats of a vector; a sum is kept in as many parts. */
const lanes = 4;
/** Floats whose sums are kept in single-precision parts: few enough to be exact to 1e-6, and to stay in the cache. */
const blockSize = 4096;

/** How many floats `runFloatLoop` needs for the parts of this many sums. */
export function partsOf(sums: number): number {
  return lanes * sums;
}

/**
 * Runs a function that `assembleFloatLoop` has made.
 * @param name names the function, among all.
 * @param arrays its inputs and outputs on the engine's heap, all of one length.
 * @param parts place on the heap for the parts of its sums.
 * @returns the sums, added up block by block in double precision.
 */
export function runFloatLoop(
  name: string,
  loop: Assembly,
  arrays: readonly Float32Array[],
  constants: readonly number[],
  parts: Float32Array = new Float32Array(0),
): number[] {
  const run = linkSurely(name, loop);
  const [{ length }] = arrays as [Float32Array];
  const bits = constants.map(bitsOf);
  const sums = new Array<number>(parts.length / lanes).fill(0);
  const step = sums.length === 0 ? Math.max(length, 1) : blockSize;
  for (let start = 0; start < length; start += step) {
    const size = Math.min(step, length - start);
    const addresses = arrays.map((array) => array.byteOffset + start * floatBytes);
    run(...addresses, ...bits, Math.floor(size / lanes), size % lanes, parts.byteOffset);
    parts.forEach((part, index) => {
      sums[Math.floor(index / lanes)]! += part;
    });
  }
  return sums;
}
