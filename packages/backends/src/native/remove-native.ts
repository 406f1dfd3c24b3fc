import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explainingDisk } from './disk-error.js';
import { removeIgnoredFolder } from './ignore-folder.js';
import { withInstallLock } from './install-lock.js';
import { nativePlaces } from './native-places.js';
import { requireNativeFolder } from './require-native-folder.js';

/**
 * Removes what `installNative` has made, whole or interrupted.
 * @returns the folder, or `undefined` if nothing was there.
 * @throws UsageError while it is being installed, and when the folder holds something else.
 */
export async function removeNative(): Promise<string | undefined> {
  const { folder, work, old, downloads, lock } = nativePlaces();
  requireNativeFolder(folder);
  if (![folder, work, old, downloads].some((path) => existsSync(path))) return undefined;
  return explainingDisk(dirname(folder), async () => {
    await withInstallLock(lock, async () => {
      await rm(work, { recursive: true, force: true });
      // Interrupted, this leaves no half an engine in place.
      if (existsSync(folder)) await rename(folder, work);
      for (const path of [work, old, downloads]) await rm(path, { recursive: true, force: true });
    });
    await removeIgnoredFolder(dirname(folder));
    return folder;
  });
}
