import { UsageError } from '@flatbit/core';
import { readFileSync } from 'node:fs';
import { firstLine } from '../first-line.js';
import { parseJson } from '../parse-json.js';

/** Reads a JSON file of a run folder. @throws UsageError if it is not there or is not JSON. */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: cannot be read; give the folder of a run`, { cause: error });
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw new UsageError(`${path}: ${firstLine(error)}; the run cannot be read`, { cause: error });
  }
}
