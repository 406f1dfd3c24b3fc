import { UsageError } from '@flatbit/core';

const elementTypes = {
  0x08: { type: 'uint8', bytes: 1 },
  0x09: { type: 'int8', bytes: 1 },
  0x0b: { type: 'int16', bytes: 2 },
  0x0c: { type: 'int32', bytes: 4 },
  0x0d: { type: 'float32', bytes: 4 },
  0x0e: { type: 'float64', bytes: 8 },
} as const;

/** What an IDX file can hold. */
export type IdxType = (typeof elementTypes)[keyof typeof elementTypes]['type'];

/** The first bytes of an IDX file, understood. */
export interface IdxHeader {
  readonly type: IdxType;
  readonly shape: readonly number[];
  /** Where the data begins. */
  readonly headerBytes: number;
  /** How long the whole file is, header and data. */
  readonly totalBytes: number;
}

/**
 * Reads the header of an IDX file: two zero bytes, the element type, the number of dimensions, and each dimension as a big-endian
 * 32-bit number (the format of the MNIST database; LeCun, Cortes, Burges). Looks at the header only and allocates nothing for the data.
 *
 * `path` is named in errors.
 * @throws UsageError when the bytes are no IDX header, or end inside of it
 */
export function parseIdxHeader(bytes: Uint8Array, path: string): IdxHeader {
  const element = elementTypes[bytes[2] as keyof typeof elementTypes] as
    { type: IdxType; bytes: number } | undefined;
  const dimensions = bytes[3] ?? 0;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || element === undefined || dimensions === 0) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new UsageError(
      `${path} is not an IDX file: it begins with "${start}" and not with 00 00, a type of 08, 09, 0b, 0c, 0d or 0e, and the number of dimensions; give an IDX file, plain or gzipped`,
    );
  }
  const headerBytes = 4 + 4 * dimensions;
  if (bytes.length < headerBytes) {
    throw truncated(path, headerBytes, bytes.length);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const shape = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index));
  const values = shape.reduce((product, size) => product * BigInt(size), 1n);
  return { type: element.type, shape, headerBytes, totalBytes: headerBytes + Number(values) * element.bytes };
}

/** The error for a file that ends too early. */
export function truncated(path: string, expected: number, got: number): UsageError {
  return new UsageError(`${path} is truncated: expected ${expected} bytes, got ${got}; get the file again`);
}
