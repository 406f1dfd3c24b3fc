import { UsageError } from '@flatbit/core';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The locks that this process holds or is about to take: its number in any other was that of a process before it. */
const held = new Set<string>();

/**
 * Runs an action while no other process does the same, by a file that holds the number of the process. One whose process is no more
 * is not in the way.
 * @throws UsageError while another one does.
 */
export async function withInstallLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  if (held.has(path)) throw inTheWay(process.pid, path);
  held.add(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await take(path);
    return await action().finally(() => rm(path, { force: true }));
  } finally {
    held.delete(path);
  }
}

/** Puts a file with the number in it in place, whole, unless one is there. */
async function take(path: string): Promise<void> {
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, String(process.pid));
  try {
    while (!(await doneUnless('EEXIST', link(own, path)))) {
      const owner = read(path);
      if (owner !== undefined) await removeLeft(path, owner);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Removes a lock that its process has left behind. @throws UsageError while that runs. */
async function removeLeft(path: string, owner: string): Promise<void> {
  if (isRunning(Number(owner))) throw inTheWay(Number(owner), path);
  const aside = `${path}.${randomUUID()}`;
  if (!(await doneUnless('ENOENT', rename(path, aside)))) return;
  // Between the look and the rename somebody may have removed that lock and put his own there: it goes back.
  if (read(aside) !== owner) await doneUnless('EEXIST', link(aside, path));
  await rm(aside, { force: true });
}

/** Whether something was done, or else failed with this code. */
function doneUnless(code: string, done: Promise<unknown>): Promise<boolean> {
  return done.then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === code) return false;
      throw error;
    },
  );
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function inTheWay(pid: number, path: string): UsageError {
  return new UsageError(
    `process ${pid} installs the native engine just now; wait for it, or remove ${path} if it does not`,
  );
}

/** Whether another process has this number. */
function isRunning(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
