import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The file operations of a save. What one of them has done is on the disk, not in a cache, when its promise resolves. */
export interface Disk {
  /** Makes a folder, and those above it that are missing; fine if it exists. */
  makeFolder(path: string): Promise<void>;
  /** Writes a new file. */
  writeFile(path: string, pieces: readonly Uint8Array[]): Promise<void>;
  /** Makes sure of a folder's entries: files made in it, and renames. */
  syncFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a folder and what is in it; fine if it does not exist. */
  remove(path: string): Promise<void>;
  /** Names in a folder; none if it does not exist. */
  list(path: string): Promise<readonly string[]>;
}

/** Node's. */
export const nodeDisk: Disk = {
  async makeFolder(path) {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    for (let made = resolve(path); made.length >= first.length; made = dirname(made)) {
      await nodeDisk.syncFolder(dirname(made));
    }
  },
  async writeFile(path, pieces) {
    const file = await open(path, 'wx');
    try {
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  async syncFolder(path) {
    // Windows opens no folders.
    if (process.platform === 'win32') return;
    const folder = await open(path);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  async list(path) {
    try {
      return await readdir(path);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
};

/** Whether a file operation failed because there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
