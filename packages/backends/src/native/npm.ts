import { UsageError } from '@flatbit/core';
import { existsSync } from 'node:fs';
import { readdir, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { projectRoot } from './native-folder.js';
import { ProgramError, runProgram } from '../run-program.js';

/** Headers of Node-API; their interface does not change within a version of it. */
const nodeApiHeaders = 'node-api-headers@1.9.0';

/** How npm fetches the packages of an engine into a folder: no script of theirs runs, and its cache answers first. */
export function npmInstallArguments(packageName: string, version: string, folder: string): readonly string[] {
  return [
    ...[
      'install',
      '--prefix',
      folder,
      '--ignore-scripts',
      '--prefer-offline',
      '--save-exact',
      '--no-audit',
      '--no-fund',
    ],
    ...[`${packageName}@${version}`, nodeApiHeaders],
  ];
}

/** The package's own installation, which downloads TensorFlow's library for C. */
export const npmScriptArguments: readonly string[] = ['run', 'install'];

/** Fetches tfjs-node and the headers of Node-API. */
export async function fetchPackages(packageName: string, version: string, folder: string): Promise<void> {
  // npm reads the settings of the folder that it installs into; those of the project are meant.
  const settings = join(projectRoot(), '.npmrc');
  const link = join(folder, '.npmrc');
  await rm(link, { force: true });
  if (existsSync(settings)) await symlink(settings, link);
  await npm(npmInstallArguments(packageName, version, folder), folder);
  await rm(link, { force: true });
}

/**
 * Runs npm in a folder.
 * @param timeout milliseconds after which it has failed.
 * @throws UsageError without npm, Error with its complaint when it fails.
 */
export async function npm(args: readonly string[], cwd: string, timeout?: number): Promise<void> {
  try {
    await runProgram('npm', args, { cwd, ...(timeout !== undefined && { timeout }) });
  } catch (error) {
    if (error instanceof ProgramError && error.missing) {
      throw new UsageError('npm is not there, which fetches tfjs-node; put it on the PATH', { cause: error });
    }
    throw error;
  }
}

/** Removes the copies of TF.js that tfjs-node brings along: found from it, one of them would be what it registers with. */
export async function removeTfjsCopies(tfjsNode: string): Promise<void> {
  const scope = dirname(tfjsNode);
  const copies = (await readdir(scope)).filter((name) => name !== basename(tfjsNode));
  for (const name of copies) await rm(join(scope, name), { recursive: true });
}
