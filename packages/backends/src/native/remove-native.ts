import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeIgnoredFolder } from './ignore-folder.js';
import { withInstallLock } from './install-lock.js';
import { nativePlaces } from './native-places.js';

/**
 * Removes what `installNative` has made, whole or interrupted.
 * @returns the folder, or `undefined` if nothing was there.
 * @throws UsageError while it is being installed.
 */
export async function removeNative(): Promise<string | undefined> {
  const { folder, work, old, downloads, lock } = nativePlaces();
  const present = [folder, work, old, downloads].filter((path) => existsSync(path));
  if (present.length === 0) return undefined;
  await withInstallLock(lock, async () => {
    for (const path of present) await rm(path, { recursive: true, force: true });
  });
  await removeIgnoredFolder(dirname(folder));
  return folder;
}
