import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkEngine } from './check-engine.js';
import { opsCompilation } from './compilations.js';
import { compile } from './compile.js';
import type { EngineFiles } from './engine-files.js';
import type { InstallReporter } from './install-reporter.js';
import { opsIn, opsManifest, opsSourceFolder, opsSources } from './native-ops.js';

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
  const wanted = opsManifest(tensorflow, sourceFolder);
  if (opsIn(files.folder, wanted) === 'wanted') return;
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
