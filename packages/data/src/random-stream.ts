import { UsageError } from '@flatbit/core';
import { murmurHash3 } from './murmur-hash.js';
import { philox4x32, type PhiloxBlock } from './philox.js';

/** An endless sequence of random numbers; each call takes the next ones. */
export interface RandomStream {
  /** An integer from 0 to 2^32 - 1. */
  uint32(): number;
  /** A multiple of 2^-53 in [0, 1). */
  uniform(): number;
  /**
   * An integer from 0 to `bound - 1`, each as likely as the others.
   * @throws UsageError when `bound` is not an integer from 1 to 2^32
   */
  int(bound: number): number;
  /** A standard normal number. Its last bit is that of the engine's `Math.log` and `Math.cos`. */
  normal(): number;
  /** Puts the items in random order, in place, and returns them. */
  shuffle<Items extends Shuffled>(items: Items): Items;
}

/** An array or a typed array. */
export interface Shuffled {
  readonly length: number;
  [index: number]: unknown;
}

/**
 * The stream that belongs to a list of keys: `randomStream(seed, 'crop', epoch, index)`. Equal keys give the same numbers on every machine,
 * different keys unrelated ones, and no stream knows of another.
 *
 * The keys, a string and a number never alike, are hashed by MurmurHash3 under four seeds to 128 bits: Philox4x32-10's key and the upper half
 * of its counter. The lower half counts blocks.
 */
export function randomStream(...keys: readonly (number | string)[]): RandomStream {
  const words = keys.flatMap(wordsOf);
  const [k0, k1, c2, c3] = [0, 1, 2, 3].map((seed) => murmurHash3(words, seed)) as [
    number,
    number,
    number,
    number,
  ];
  let block: PhiloxBlock = [0, 0, 0, 0];
  let taken = 0;

  function uint32(): number {
    const lane = taken % 4;
    if (lane === 0) {
      const index = taken / 4;
      block = philox4x32([index >>> 0, Math.floor(index / 2 ** 32), c2, c3], [k0, k1]);
    }
    taken++;
    return block[lane]!;
  }

  function uniform(): number {
    const high = uint32() >>> 5;
    const low = uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  function int(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new UsageError(
        `a random integer below ${bound} cannot be drawn; the bound takes an integer from 1 to 2^32`,
      );
    }
    // The largest multiple of the bound: what lies above it would make the small remainders likelier.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let word = uint32();
    while (word >= limit) {
      word = uint32();
    }
    return word % bound;
  }

  /** Box and Muller, 1958. */
  function normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  }

  /** Fisher and Yates, as in Durstenfeld, 1964. */
  function shuffle<Items extends Shuffled>(items: Items): Items {
    const list: Shuffled = items;
    for (let last = list.length - 1; last > 0; last--) {
      const chosen = int(last + 1);
      [list[last], list[chosen]] = [list[chosen], list[last]];
    }
    return items;
  }

  return { uint32, uniform, int, normal, shuffle };
}

const view = new DataView(new ArrayBuffer(8));

/** A key as 32-bit words that no other key has. */
function wordsOf(key: number | string): number[] {
  if (typeof key === 'number') {
    view.setFloat64(0, key);
    return [1, view.getUint32(0), view.getUint32(4)];
  }
  return [2, key.length, ...Array.from(key, (_, index) => key.charCodeAt(index))];
}
