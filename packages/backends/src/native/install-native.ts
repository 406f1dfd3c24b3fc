import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildEngine } from './build-engine.js';
import { buildOps } from './build-ops.js';
import { checkEngine } from './check-engine.js';
import { findCompiler } from './compile.js';
import { explainingDisk } from './disk-error.js';
import { engineFiles } from './engine-files.js';
import { ignoreFolder } from './ignore-folder.js';
import { withInstallLock } from './install-lock.js';
import type { InstallReporter } from './install-reporter.js';
import { installRequest, statePath, type InstallOptions, type InstallRequest } from './install-request.js';
import { manifestName, readManifest, type EngineManifest } from './manifest.js';
import { nativePlaces, type NativePlaces } from './native-places.js';
import { diskSpace, requireDiskSpace } from './require-disk-space.js';
import { requireNativeFolder } from './require-native-folder.js';
import { requirePlatform, thisPlatform } from './require-platform.js';
import { openTensorflowWheel } from './tensorflow-wheel.js';

/**
 * Installs native TensorFlow into the project's native folder, or finds that it is there and works. It is built aside and put in
 * place by a rename; an interrupted installation goes on where it was.
 * @throws UsageError when something that the user can mend is missing, Error when a step fails; the engine before it stays then.
 */
export async function installNative(
  options: InstallOptions,
  report: InstallReporter,
): Promise<EngineManifest> {
  const request = installRequest(options);
  const places = nativePlaces();
  const { folder, old, lock } = places;
  requireNativeFolder(folder);
  if (request.from !== null) await requireWheel(request.from);
  return explainingDisk(dirname(folder), () =>
    withInstallLock(lock, async () => {
      await ignoreFolder(dirname(folder));
      // An earlier call was ended between its two renames.
      if (existsSync(old) && !existsSync(folder)) await rename(old, folder);
      return (await findInstalled(request, folder, report)) ?? (await install(request, places, report));
    }),
  );
}

/** Refuses a wheel that cannot become an engine before anything is done. */
async function requireWheel(from: string): Promise<void> {
  requirePlatform(thisPlatform());
  (await openTensorflowWheel(from)).close();
  await findCompiler();
}

/** The engine that is installed, if it is the one that is asked for and computes; its custom ops are brought up to date. */
async function findInstalled(
  { gpu, from, packageName }: InstallRequest,
  folder: string,
  report: InstallReporter,
): Promise<EngineManifest | undefined> {
  const manifest = readManifest(folder);
  if (manifest?.gpu !== gpu) return undefined;
  if (from !== null && (await nameOf(from)) !== manifest.source) return undefined;
  try {
    await checkEngine(folder);
  } catch (error) {
    report.warn(`the engine that is installed is broken, ${(error as Error).message}; installing it again`);
    return undefined;
  }
  report.step(`TensorFlow ${manifest.tensorflow} is installed and computes`);
  await buildOps(engineFiles(folder, packageName), manifest.tensorflow, report);
  return manifest;
}

async function nameOf(from: string): Promise<string> {
  const wheel = await openTensorflowWheel(from);
  wheel.close();
  return wheel.name;
}

async function install(
  request: InstallRequest,
  { folder, work, old, downloads }: NativePlaces,
  report: InstallReporter,
): Promise<EngineManifest> {
  await requireDiskSpace(dirname(folder), diskSpace(request));
  if (existsSync(work)) report.step('going on with an installation that was interrupted');
  const { source, tensorflow } = await buildEngine(request, work, downloads, report);
  await buildOps(engineFiles(work, request.packageName), tensorflow, report);
  const manifest: EngineManifest = { tensorflow, gpu: request.gpu, source };
  await writeFile(join(work, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(statePath(work), { force: true });
  await rm(old, { recursive: true, force: true });
  if (existsSync(folder)) await rename(folder, old);
  try {
    await rename(work, folder);
  } catch (error) {
    if (existsSync(old)) await rename(old, folder);
    throw error;
  }
  for (const leftover of [old, downloads]) await rm(leftover, { recursive: true, force: true });
  return manifest;
}
