import { UsageError } from '@flatbit/core';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { firstLine } from './first-line.js';
import { parseJson } from './parse-json.js';

type Loader = (path: string) => unknown;

const loaders: Readonly<Record<string, Loader>> = {
  '.json': (path) => parseJson(readFileSync(path, 'utf8')),
  '.js': importDefault,
  '.mjs': importDefault,
  '.ts': (path) =>
    createJiti(import.meta.url, { fsCache: false, interopDefault: false })
      .import<Record<string, unknown>>(path)
      .then((module) => module['default']),
};

/**
 * Reads an experiment file: the default export of a `.ts`, `.js` or `.mjs` file, or a `.json` file.
 * @throws UsageError if there is no such file, it cannot be loaded, or it exports nothing by default.
 */
export async function loadExperimentFile(path: string): Promise<unknown> {
  const load = loaders[extname(path)];
  if (!load)
    throw new UsageError(
      `${path}: not an experiment file; takes one that ends in ${Object.keys(loaders).join(', ')}`,
    );
  if (!existsSync(path) || !statSync(path).isFile())
    throw new UsageError(`${path}: no such file; give the path of an experiment file`);
  let config: unknown;
  try {
    config = await load(resolve(path));
  } catch (error) {
    throw new UsageError(`${path}: cannot be loaded: ${firstLine(error)}`, { cause: error });
  }
  if (config === undefined)
    throw new UsageError(`${path}: no default export; write "export default defineExperiment({ … })"`);
  return config;
}

async function importDefault(path: string): Promise<unknown> {
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  return module['default'];
}
