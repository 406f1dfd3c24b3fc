import { UsageError } from '@flatbit/core';
import { parseBitsFile, type BitsFile } from '@flatbit/layers';
import { readFileSync } from 'node:fs';
import { firstLine } from './first-line.js';
import { parseJson } from './parse-json.js';

/** Bits that a file holds: of each layer by name, or a number for each searchable layer. */
export type StoredBits = BitsFile | readonly number[];

/**
 * Reads a bits file, or a plain list of numbers.
 * @throws UsageError that begins with the path, if there is no such file, or it holds neither.
 */
export function readBitsFile(path: string): StoredBits {
  let value: unknown;
  try {
    value = parseJson(readFileSync(path, 'utf8'));
  } catch (error) {
    const problem = error instanceof SyntaxError ? '' : 'cannot be read: ';
    throw new UsageError(`${path}: ${problem}${firstLine(error)}`, { cause: error });
  }
  try {
    return parseStoredBits(value);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Checks bits that were read from somewhere. @throws UsageError that says what is wrong with them. */
export function parseStoredBits(value: unknown): StoredBits {
  if (!Array.isArray(value)) return parseBitsFile(value);
  const list = value as readonly unknown[];
  // Whether they are bit widths is the list's own question.
  if (list.length > 0 && list.every((bits) => typeof bits === 'number')) return list;
  throw new UsageError('a list that is not of numbers alone; takes one number for each searchable layer');
}
