/** MurmurHash3 (x86, 32 bits; Appleby) of 32-bit words, as if of their little-endian bytes: an unsigned 32-bit number. */
export function murmurHash3(words: readonly number[], seed: number): number {
  let hash = seed | 0;
  for (const word of words) {
    hash ^= Math.imul(rotateLeft(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
    hash = Math.imul(rotateLeft(hash, 13), 5) + 0xe6546b64;
  }
  hash ^= words.length * 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
