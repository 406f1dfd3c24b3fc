import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { checkEngine } from './check-engine.js';
import { opsCompilation, opsFlags } from './compilations.js';
import { compile } from './compile.js';
import type { EngineFiles } from './engine-files.js';
import type { InstallReporter } from './install-reporter.js';
import { processorModel, readOpsManifest, type OpsManifest } from './native-ops.js';

/** Folder of the C++ sources of this project's TensorFlow ops. */
export function opsSourceFolder(): string {
  return join(createRequire(import.meta.url).resolve('@flatbit/kernels'), '..', '..', 'native');
}

/** The C++ sources in a folder, sorted; none where there is no such folder. */
export function opsSources(folder: string): readonly string[] {
  return filesOf(folder).filter((path) => path.endsWith('.cc'));
}

/**
 * Compiles the ops of a folder of C++ sources into an engine, unless it has them from the same sources, flags and TensorFlow, for the
 * same processor. They are built and tried aside; the engine works without them, so that what goes wrong is a warning.
 */
export async function buildOps(
  files: EngineFiles,
  tensorflow: string,
  report: InstallReporter,
  sourceFolder = opsSourceFolder(),
): Promise<void> {
  const sources = opsSources(sourceFolder);
  // The ordinary tfjs-node comes with the headers of the C interface alone.
  const hasHeaders = existsSync(join(files.include, 'tensorflow', 'core', 'framework', 'op_kernel.h'));
  if (sources.length === 0 || !hasHeaders) return;
  const wanted: OpsManifest = {
    digest: opsDigest(filesOf(sourceFolder), tensorflow),
    processor: processorModel(),
  };
  const present = readOpsManifest(files.folder);
  if (present?.digest === wanted.digest && present.processor === wanted.processor) return;
  report.step(`compiling ${sources.length} file(s) of custom ops`);
  const folder = join(files.folder, 'ops');
  const aside = join(files.folder, 'ops.partial');
  const addon = join(aside, 'flatbit_ops.node');
  await rm(aside, { recursive: true, force: true });
  try {
    await compile(opsCompilation(files, sources, addon));
    await checkEngine(files.folder, addon);
  } catch (error) {
    report.warn(`custom ops left out, the engine works without them: ${(error as Error).message}`);
    await rm(aside, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
    return;
  }
  await writeFile(join(aside, 'flatbit_ops.json'), `${JSON.stringify(wanted, null, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(aside, folder);
}

/** SHA-256 of what decides what the compiled ops are, wherever they lie. */
export function opsDigest(files: readonly string[], tensorflow: string): string {
  const hash = createHash('sha256').update(JSON.stringify([tensorflow, opsFlags]));
  for (const path of files) hash.update(`\0${basename(path)}\0`).update(readFileSync(path));
  return hash.digest('hex');
}

function filesOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ name }) => join(folder, name)).sort();
}
