import { existsSync } from 'node:fs';
import { readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOurs } from './require-native-folder.js';

const ignoreFile = '.gitignore';

/** Keeps a folder of ours out of the project's git; one of the user's is his own affair. */
export async function ignoreFolder(folder: string): Promise<void> {
  if (!isOurs(folder)) return;
  const path = join(folder, ignoreFile);
  if (!existsSync(path)) await writeFile(path, '*\n');
}

/** Removes a folder of ours if nothing but that is left in it. */
export async function removeIgnoredFolder(folder: string): Promise<void> {
  if (!isOurs(folder)) return;
  const names = await readdir(folder).catch(() => undefined);
  if (names?.some((name) => name !== ignoreFile) !== false) return;
  await rm(join(folder, ignoreFile), { force: true });
  await rmdir(folder);
}
