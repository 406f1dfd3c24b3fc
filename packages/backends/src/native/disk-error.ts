import { UsageError } from '@flatbit/core';

/** Whether an error is the file system's, and not about what a file holds. */
export function isOfDisk(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** What the user can do about an error of the file system below a folder. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room and call again, it goes on',
  EDQUOT: 'the quota is used up; make room and call again, it goes on',
  EACCES: 'may not be written; make it writable, or name another folder (FLATBIT_NATIVE)',
  EPERM: 'may not be written; make it writable, or name another folder (FLATBIT_NATIVE)',
  EROFS: 'lies on a disk that cannot be written; name another folder (FLATBIT_NATIVE)',
  EEXIST: 'is no folder; move it away, or name another folder (FLATBIT_NATIVE)',
  ENOTDIR: 'is no folder; move it away, or name another folder (FLATBIT_NATIVE)',
};

/**
 * Runs an action that writes below a folder.
 * @throws UsageError of one line where the disk refuses, and what the action throws.
 */
export async function explainingDisk<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const remedy = isOfDisk(error) ? remedies[error.code ?? ''] : undefined;
    if (remedy === undefined) throw error;
    throw new UsageError(`${folder}: ${remedy}`, { cause: error });
  }
}
