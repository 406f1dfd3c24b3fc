import { UsageError } from '@flatbit/core';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { manifestName } from './manifest.js';
import { projectRoot } from './native-folder.js';

/**
 * Looks at the folder that the installer is going to replace or to remove: one that the user has named may hold something else.
 * @throws UsageError when an engine in it would not find the project's TF.js, or when it has content and none is an engine of ours.
 */
export function requireNativeFolder(folder: string): void {
  const root = realpathSync(projectRoot());
  const [first] = relative(root, realPath(folder)).split(sep);
  if (first === undefined || ['', '..', 'node_modules'].includes(first)) {
    throw new UsageError(
      `FLATBIT_NATIVE: ${folder} is not a folder below ${root}, outside of node_modules; name one, as .flatbit/native`,
    );
  }
  if (isOurs(dirname(folder)) || !existsSync(folder)) return;
  const isEmpty = statSync(folder).isDirectory() && readdirSync(folder).length === 0;
  if (!isEmpty && !existsSync(join(folder, manifestName))) {
    throw new UsageError(
      `FLATBIT_NATIVE: ${folder} holds something else than an engine; name another folder`,
    );
  }
}

/** Whether nobody but flatbit writes into a folder. */
export function isOurs(folder: string): boolean {
  return basename(folder) === '.flatbit';
}

/** Where a path leads of which the end need not be there. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realPath(dirname(path)), basename(path));
}
