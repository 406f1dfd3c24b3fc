import type { StoredTensor } from '@flatbit/core';

/** One tensor in a safetensors file; offsets count from the end of the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: StoredTensor['dtype'];
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The first 8 bytes hold the header's length, little-endian. */
export const lengthBytes = 8;

/** The key under which a header holds strings about the whole file. */
export const metadataKey = '__metadata__';

/** What the format calls our dtypes, and bytes per element. */
export const safetensorsTypes = {
  float32: { code: 'F32', bytes: 4 },
  int32: { code: 'I32', bytes: 4 },
  bool: { code: 'BOOL', bytes: 1 },
} as const satisfies Record<StoredTensor['dtype'], { readonly code: string; readonly bytes: number }>;

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
