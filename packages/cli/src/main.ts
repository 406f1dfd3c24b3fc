import { CommanderError } from 'commander';
import { createProgram } from './create-program.js';
import { exitCodeOf, lineOf } from './describe-error.js';

/**
 * Runs the command line `argv`, `['node', 'flatbit', …]`, and sets the process's exit code: 0 done, 1 failed, 2 wrong use,
 * 130 interrupted. An error is one line on stderr; with `FLATBIT_DEBUG` in the environment its stack follows.
 */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    // Help and version have been printed.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    process.stderr.write(`flatbit: ${lineOf(error)}\n`);
    if (process.env['FLATBIT_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
}
