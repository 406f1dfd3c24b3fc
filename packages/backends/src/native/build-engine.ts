import { existsSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { checkEngine } from './check-engine.js';
import { bindingCompilation } from './compilations.js';
import { compile, findCompiler } from './compile.js';
import { downloadCuda, downloadTensorflow } from './download-wheels.js';
import { isOfDisk } from './disk-error.js';
import { engineFiles, targetOf, type EngineFiles } from './engine-files.js';
import type { InstallReporter } from './install-reporter.js';
import { openWorkFolder, saveState, type InstallRequest } from './install-request.js';
import { fetchPackages, npm, npmScriptArguments, removeTfjsCopies } from './npm.js';
import { canBuild, requirePlatform, thisPlatform } from './require-platform.js';
import { libraryLinks, openTensorflowWheel } from './tensorflow-wheel.js';
import { unpackWheel } from './unpack-wheel.js';
import { openWheel, type Wheel } from './wheel.js';

/** A quarter of an hour for a download of 100 MB (CPU) or 400 MB (GPU). */
const ordinaryTimeout = 15 * 60_000;

/** What an engine was built from. */
export interface BuiltEngine {
  /** `npm`, or the name of the wheel. */
  readonly source: string;
  /** TensorFlow's version. */
  readonly tensorflow: string;
}

/**
 * Builds an engine in the folder `work`; an interrupted call goes on where it was.
 * @param downloads folder for the wheels.
 * @throws UsageError when something that the user can mend is missing, Error when a step fails.
 */
export async function buildEngine(
  request: InstallRequest,
  work: string,
  downloads: string,
  report: InstallReporter,
): Promise<BuiltEngine> {
  const state = await openWorkFolder(work, request);
  const { packageName, version } = request;
  const files = engineFiles(work, packageName);
  // npm writes this file last.
  if (!existsSync(join(work, 'node_modules', '.package-lock.json'))) {
    report.step(`fetching ${packageName} ${version}`);
    await fetchPackages(packageName, version, work);
  }
  await removeTfjsCopies(files.tfjsNode);
  // Where it is the only way, it is tried each time: what it failed for may have passed.
  let ordinaryFailure = canBuild(thisPlatform()) ? state.ordinaryFailure : undefined;
  if (request.from === null && ordinaryFailure === undefined) {
    report.step(`installing ${packageName} as it comes`);
    try {
      return await ordinaryEngine(files);
    } catch (error) {
      ordinaryFailure = (error as Error).message;
      await saveState(work, { request, ordinaryFailure });
    }
  }
  requirePlatform(thisPlatform(), ordinaryFailure);
  if (ordinaryFailure !== undefined) report.step(`that does not install here (${ordinaryFailure})`);
  return engineOfWheels(request, files, downloads, report);
}

/** The engine as its package installs it. */
async function ordinaryEngine(files: EngineFiles): Promise<BuiltEngine> {
  // What an interrupted download has left is taken for whole.
  await removeBinaries(files);
  try {
    await npm(npmScriptArguments, files.tfjsNode, ordinaryTimeout);
    return { source: 'npm', tensorflow: await checkEngine(files.folder) };
  } catch (error) {
    await removeBinaries(files);
    throw error;
  }
}

async function removeBinaries({ tfjsNode }: EngineFiles): Promise<void> {
  for (const folder of ['deps', 'lib']) await rm(join(tfjsNode, folder), { recursive: true, force: true });
}

/** The engine of TensorFlow's Python wheel. */
async function engineOfWheels(
  request: InstallRequest,
  files: EngineFiles,
  downloads: string,
  report: InstallReporter,
): Promise<BuiltEngine> {
  // Asked for before the long download.
  await findCompiler();
  const source = await unpackTensorflow(request, files, downloads, report);
  for (const [library, link] of Object.entries(libraryLinks)) {
    const path = join(files.libraries, link);
    await rm(path, { force: true });
    await symlink(library, path);
  }
  if (!existsSync(files.binding)) {
    report.step("compiling tfjs-node's binding");
    await compile(bindingCompilation(files));
  }
  report.step('multiplying a matrix');
  return { source, tensorflow: await checkEngine(files.folder) };
}

/** Brings TensorFlow's libraries and headers, and with a GPU CUDA's libraries, to their places; answers the name of the wheel. */
async function unpackTensorflow(
  { from, gpu, distribution }: InstallRequest,
  files: EngineFiles,
  downloads: string,
  report: InstallReporter,
): Promise<string> {
  /** Kept, a download that cannot be read would be the same the next time. */
  const reading = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (from === null && !isOfDisk(error)) await rm(downloads, { recursive: true, force: true });
      throw error;
    }
  };
  const unpack = async (wheel: Wheel) => {
    report.step(`unpacking ${wheel.name}${wheel.record ? '' : ', which has no RECORD to compare it with'}`);
    await unpackWheel(wheel, (path) => targetOf(path, files, gpu), report.progress.bind(report));
  };
  const path = from ?? (await downloadTensorflow(distribution, downloads, report));
  const tensorflow = await reading(() => openTensorflowWheel(path));
  try {
    await reading(() => unpack(tensorflow));
    // An unpacked wheel may lie beside CUDA's; a packed one may be all there is, and CUDA the system's.
    for (const path of gpu && from === null ? await downloadCuda(tensorflow, downloads, report) : []) {
      const cuda = await reading(() => openWheel(path));
      await reading(() => unpack(cuda)).finally(() => {
        cuda.close();
      });
    }
  } finally {
    tensorflow.close();
  }
  return tensorflow.name;
}
