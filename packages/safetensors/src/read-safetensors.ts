import { type StoredTensor, UsageError } from '@flatbit/core';
import { parseStrictJson, type StrictJson } from './parse-strict-json.js';
import {
  bytesPerElement,
  lengthBytes,
  metadataKey,
  type SafetensorsDtype,
  type SafetensorsEntry,
  sizeOf,
} from './safetensors.js';

/** What a file's header says. */
export interface SafetensorsHeader {
  /** In the order of their data, which they fill without holes. */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Header of the largest file that the format's own library reads. */
const maxHeaderBytes = 100_000_000;
/** The header, one object per tensor, and its lists. */
const maxDepth = 3;

/**
 * Length of the header, from the first 8 bytes of a file of `fileBytes`.
 * @throws UsageError if it cannot be true.
 */
export function headerLength(first: Uint8Array, fileBytes: number): number {
  if (first.length < lengthBytes)
    throw new UsageError(`${fileBytes} bytes are too few for a safetensors file`);
  const length = new DataView(first.buffer, first.byteOffset).getBigUint64(0, true);
  const room = Math.min(fileBytes - lengthBytes, maxHeaderBytes);
  if (length > BigInt(room)) throw new UsageError(`a header of ${length} bytes does not fit; ${room} do`);
  return Number(length);
}

/**
 * Reads the header of a file that holds `dataBytes` after it.
 * @throws UsageError unless names are unique and dtypes known, each tensor fills its bytes, and all of them the data.
 */
export function parseSafetensorsHeader(header: Uint8Array, dataBytes: number): SafetensorsHeader {
  const fields = new Map(parseHeader(header));
  const metadata = parseMetadata(fields.get(metadataKey));
  fields.delete(metadataKey);
  const entries = [...fields].map(([name, field]) => parseEntry(name, field));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let filled = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== filled) {
      const problem = begin < filled ? 'overlaps the one before it' : 'leaves a hole before it';
      throw new UsageError(`tensor "${name}" ${problem}: it begins at ${begin}, not ${filled}`);
    }
    filled = end;
  }
  if (filled !== dataBytes) throw new UsageError(`tensors fill ${filled} bytes, and ${dataBytes} are there`);
  return { entries, metadata };
}

/** A whole file in memory. */
export interface SafetensorsFile extends SafetensorsHeader {
  /** A copy of one tensor. @throws UsageError as {@link storedTensor} does. */
  read(entry: SafetensorsEntry): StoredTensor;
}

/**
 * Opens a whole safetensors file, and copies no tensor yet.
 * @throws UsageError as {@link headerLength} and {@link parseSafetensorsHeader} do.
 */
export function openSafetensors(file: Uint8Array): SafetensorsFile {
  const start = lengthBytes + headerLength(file.subarray(0, lengthBytes), file.length);
  const header = parseSafetensorsHeader(file.subarray(lengthBytes, start), file.length - start);
  return {
    ...header,
    // Not `slice`: a Buffer's would be a view.
    read: (entry) =>
      storedTensor(entry, new Uint8Array(file.subarray(start + entry.begin, start + entry.end))),
  };
}

/**
 * Reads a whole safetensors file; the tensors are copies.
 * @throws UsageError as {@link openSafetensors} and {@link storedTensor} do.
 */
export function readSafetensors(file: Uint8Array): {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
} {
  const { entries, metadata, read } = openSafetensors(file);
  return { tensors: new Map(entries.map((entry) => [entry.name, read(entry)])), metadata };
}

/**
 * A tensor over its own bytes, which it takes over.
 * @throws UsageError if TensorFlow.js has no such dtype.
 */
export function storedTensor({ name, dtype, shape }: SafetensorsEntry, bytes: Uint8Array): StoredTensor {
  const { buffer, byteOffset } = bytes;
  switch (dtype) {
    case 'F32':
      return { dtype: 'float32', shape, data: new Float32Array(buffer, byteOffset, sizeOf(shape)) };
    case 'I32':
      return { dtype: 'int32', shape, data: new Int32Array(buffer, byteOffset, sizeOf(shape)) };
    case 'BOOL':
      return { dtype: 'bool', shape, data: bytes };
    default:
      throw new UsageError(`tensor ${JSON.stringify(name)}: dtype is "${dtype}"; F32, I32 and BOOL are read`);
  }
}

function parseHeader(header: Uint8Array): ReadonlyMap<string, StrictJson> {
  if (header[0] !== 0x7b) throw new UsageError('the header does not begin with {');
  try {
    const value = parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(header), maxDepth);
    if (value instanceof Map) return value;
  } catch (error) {
    throw new UsageError(`the header is not what it should be: ${(error as Error).message}`, {
      cause: error,
    });
  }
  throw new UsageError('the header is not a JSON object');
}

function parseMetadata(field: StrictJson | undefined): ReadonlyMap<string, string> {
  if (field === undefined) return new Map();
  if (field instanceof Map && [...field.values()].every((value) => typeof value === 'string')) return field;
  throw new UsageError(`${metadataKey} is not an object of strings`);
}

function parseEntry(name: string, field: StrictJson): SafetensorsEntry {
  const fail = (problem: string): never => {
    throw new UsageError(`tensor ${JSON.stringify(name)}: ${problem}`);
  };
  if (!isName(name)) return fail('a name has 1 to 1024 characters that can be printed');
  if (!(field instanceof Map)) return fail('is not an object');
  const { dtype: code, shape, data_offsets: offsets, ...others } = Object.fromEntries(field);
  const [other] = Object.keys(others);
  if (other !== undefined) fail(`unknown field ${JSON.stringify(other)}`);
  if (!isDtype(code)) {
    return fail(
      `dtype is ${JSON.stringify(code)}; the format has ${Object.keys(bytesPerElement).join(', ')}`,
    );
  }
  if (!isSizes(shape)) return fail('shape is not a list of sizes');
  if (!isSizes(offsets) || offsets.length !== 2) return fail('data_offsets is not a pair of sizes');
  const [begin, end] = offsets as [number, number];
  const bytes = sizeOf(shape) * bytesPerElement[code];
  if (end - begin !== bytes) fail(`${code}[${shape}] takes ${bytes} bytes, and has ${end - begin}`);
  return { name, dtype: code, shape, begin, end };
}

function isName(name: string): boolean {
  return name.length > 0 && name.length <= 1024 && !/\p{Cc}/u.test(name);
}

function isSizes(value: StrictJson | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isDtype(value: StrictJson | undefined): value is SafetensorsDtype {
  return typeof value === 'string' && Object.hasOwn(bytesPerElement, value);
}
