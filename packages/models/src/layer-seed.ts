/**
 * The seed of one layer's initial weights: a hash of the model's seed and the layer's name, so that a layer starts the same
 * whatever stands before it. 32-bit FNV-1a (Fowler, Noll, Vo) over the characters of `seed:name`; never 0, which TensorFlow.js
 * takes for "no seed".
 */
export function layerSeed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}:${name}`) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  }
  return hash >>> 0 || 1;
}
