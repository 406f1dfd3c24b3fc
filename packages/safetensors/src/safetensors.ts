import type { StoredTensor } from '@flatbit/core';

/** Bytes per element of every dtype that a header may name. Format: https://huggingface.co/docs/safetensors */
export const bytesPerElement = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

/** What the format calls a dtype. */
export type SafetensorsDtype = keyof typeof bytesPerElement;

/** What the format calls our dtypes: those that are read and written. */
export const codeOf = {
  float32: 'F32',
  int32: 'I32',
  bool: 'BOOL',
} as const satisfies Record<StoredTensor['dtype'], SafetensorsDtype>;

/** One tensor in a safetensors file; offsets count from the end of the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The first 8 bytes hold the header's length, little-endian. */
export const lengthBytes = 8;

/** The key under which a header holds strings about the whole file. */
export const metadataKey = '__metadata__';

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
