import { existsSync } from 'node:fs';
import { readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ignoreFile = '.gitignore';

/** Keeps a folder out of the project's git. */
export async function ignoreFolder(folder: string): Promise<void> {
  const path = join(folder, ignoreFile);
  if (!existsSync(path)) await writeFile(path, '*\n');
}

/** Removes a folder if nothing but that is left in it. */
export async function removeIgnoredFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => undefined);
  if (names?.some((name) => name !== ignoreFile) !== false) return;
  await rm(join(folder, ignoreFile), { force: true });
  await rmdir(folder);
}
