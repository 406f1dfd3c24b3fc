import { UsageError } from '@flatbit/core';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgramError } from '../run-program.js';
import { runProgram } from '../run-program.js';

/**
 * What pip is to fetch: a binary of these releases alone, for a Python that TensorFlow is built for. The libraries inside do not care
 * which Python that is, and none is needed to run them.
 */
export function pipArguments(requirements: readonly string[], folder: string): readonly string[] {
  return [
    ...['download', '--no-deps', '--only-binary=:all:', '--python-version', '311'],
    ...['--dest', folder, ...requirements],
  ];
}

/** Ways to call pip, the likeliest first. */
const ways = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']] as const;

/**
 * How pip is called on this machine.
 * @throws UsageError when it is not there.
 */
export async function findPip(): Promise<readonly [string, ...string[]]> {
  for (const way of ways) {
    const [program, ...args] = way;
    const found = await runProgram(program, [...args, '--version']).catch(() => undefined);
    if (found !== undefined) return way;
  }
  throw new UsageError(
    'pip is not there, which fetches TensorFlow; install Python 3 with pip, or give a wheel of TensorFlow (--from)',
  );
}

/**
 * Downloads wheels with the user's own index settings. A wheel comes into the folder when it is whole.
 * @returns the paths of all wheels in the folder.
 * @throws UsageError without pip, Error when pip fails.
 */
export async function pipDownload(
  requirements: readonly string[],
  folder: string,
): Promise<readonly string[]> {
  const [program, ...args] = await findPip();
  const partial = join(folder, 'partial');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    await runProgram(program, [...args, ...pipArguments(requirements, partial)], { shown: true });
  } catch (error) {
    const why = (error as ProgramError).message;
    throw new Error(
      `pip cannot download ${requirements.join(' ')} (${why}); try again, or give a wheel (--from)`,
      {
        cause: error,
      },
    );
  }
  for (const name of await readdir(partial)) await rename(join(partial, name), join(folder, name));
  await rm(partial, { recursive: true });
  return wheelsIn(folder);
}

/** The wheels that have been downloaded. */
export async function wheelsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.whl')).map((name) => join(folder, name));
}
