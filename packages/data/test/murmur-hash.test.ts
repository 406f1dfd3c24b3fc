import assert from 'node:assert/strict';
import { murmurHash3 } from '@flatbit/data';

describe('murmurHash3', () => {
  // The widely used check values, with their bytes read as little-endian words: 21 43 65 87 is 0x87654321.
  for (const [words, seed, hash] of [
    [[], 0, 0],
    [[], 1, 0x514e28b7],
    [[], 0xffffffff, 0x81f16f39],
    [[0xffffffff], 0, 0x76293b50],
    [[0x87654321], 0, 0xf55b516b],
    [[0x87654321], 0x5082edee, 0x2362f9de],
    [[0], 0, 0x2362f9de],
  ] as const) {
    it(`of ${words.length ? words.map((word) => word.toString(16)).join() : 'nothing'} with seed ${seed} is ${hash.toString(16)}`, () => {
      assert.equal(murmurHash3(words, seed), hash);
    });
  }
});
