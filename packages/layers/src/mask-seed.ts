/** 32-bit FNV-1a of a key, within 1 to 2³² − 1: TF.js would take 0 for "no seed". */
export function maskSeed(key: string): number {
  let hash = 0x811c9dc5;
  for (const character of key) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return ((hash >>> 0) % 0xffffffff) + 1;
}
