import { UsageError } from '@flatbit/core';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Runs an action while no other process does the same, by a file that holds the number of the process.
 * @throws UsageError while another one does.
 */
export async function withInstallLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const owner = ownerOf(path);
  if (owner !== undefined && isRunning(owner)) {
    throw new UsageError(
      `process ${owner} installs the native engine just now; wait for it, or remove ${path} if it does not`,
    );
  }
  await rm(path, { force: true });
  await writeFile(path, String(process.pid), { flag: 'wx' });
  try {
    return await action();
  } finally {
    await rm(path, { force: true });
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
