import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { opsFlags } from './compilations.js';
import { opsFiles } from './ops-files.js';

/** What is written beside compiled ops, and has to be what this machine and this flatbit want. */
export interface OpsManifest {
  /** Digest of their sources, of the compiler's flags and of TensorFlow's version. */
  readonly digest: string;
  /** The processor that they were compiled for; on another one their instructions may not exist. */
  readonly processor: string;
}

/** Folder of the C++ sources of this project's TensorFlow ops. */
export function opsSourceFolder(): string {
  return join(createRequire(import.meta.url).resolve('@flatbit/kernels'), '..', '..', 'native');
}

/** The C++ sources in a folder, sorted; none where there is no such folder. */
export function opsSources(folder: string): readonly string[] {
  return filesOf(folder).filter((path) => path.endsWith('.cc'));
}

/** What ops compiled here and now from these sources would have beside them. */
export function opsManifest(tensorflow: string, sourceFolder: string): OpsManifest {
  const hash = createHash('sha256').update(JSON.stringify([tensorflow, opsFlags]));
  for (const path of filesOf(sourceFolder)) hash.update(`\0${basename(path)}\0`).update(readFileSync(path));
  return { digest: hash.digest('hex'), processor: cpus()[0]?.model.trim() ?? process.arch };
}

/** Whether a native folder has compiled ops, and whether they are those that are wanted. */
export function opsIn(folder: string, wanted: OpsManifest): 'none' | 'other' | 'wanted' {
  const { addon, manifest } = opsFiles(folder);
  if (!existsSync(addon)) return 'none';
  try {
    return isDeepStrictEqual(JSON.parse(readFileSync(manifest, 'utf8')), wanted) ? 'wanted' : 'other';
  } catch {
    return 'other';
  }
}

function filesOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ name }) => join(folder, name)).sort();
}
