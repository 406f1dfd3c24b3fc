import { UsageError } from '@flatbit/core';
import type { IdxHeader, IdxType } from './idx-header.js';

/** The content of an IDX file. */
export interface IdxArray {
  readonly type: IdxType;
  readonly shape: readonly number[];
  /** Row by row: the last index runs fastest. */
  readonly values: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

/**
 * The values behind an IDX header, from big-endian bytes. `file` is the whole file, as long as the header says; bytes are a view of it.
 *
 * `path` is named in errors.
 * @throws UsageError when a float is NaN or infinite
 */
export function decodeIdx(
  file: Uint8Array,
  { type, shape, headerBytes, totalBytes }: IdxHeader,
  path: string,
): IdxArray {
  const view = new DataView(file.buffer, file.byteOffset + headerBytes, totalBytes - headerBytes);
  const bytes = view.byteLength;
  switch (type) {
    case 'uint8':
      return { type, shape, values: new Uint8Array(view.buffer, view.byteOffset, bytes) };
    case 'int8':
      return { type, shape, values: new Int8Array(view.buffer, view.byteOffset, bytes) };
    case 'int16':
      return {
        type,
        shape,
        values: Int16Array.from({ length: bytes / 2 }, (_, index) => view.getInt16(2 * index)),
      };
    case 'int32':
      return {
        type,
        shape,
        values: Int32Array.from({ length: bytes / 4 }, (_, index) => view.getInt32(4 * index)),
      };
    case 'float32': {
      const values = Float32Array.from({ length: bytes / 4 }, (_, index) => view.getFloat32(4 * index));
      return { type, shape, values: finite(values, shape, path) };
    }
    case 'float64': {
      const values = Float64Array.from({ length: bytes / 8 }, (_, index) => view.getFloat64(8 * index));
      return { type, shape, values: finite(values, shape, path) };
    }
  }
}

/**
 * The values themselves, when all of them are finite.
 * @throws UsageError that names the first one that is not
 */
export function finite<Values extends Float32Array | Float64Array>(
  values: Values,
  shape: readonly number[],
  path: string,
): Values {
  const position = values.findIndex((value) => !Number.isFinite(value));
  if (position >= 0) {
    throw new UsageError(
      `${path}: the value at [${coordinates(position, shape).join(', ')}] is ${values[position]}; give finite numbers`,
    );
  }
  return values;
}

/** The indices of the value at a position, row by row. */
function coordinates(position: number, shape: readonly number[]): number[] {
  let rest = position;
  return shape.reduceRight<number[]>((indices, size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return [index, ...indices];
  }, []);
}
