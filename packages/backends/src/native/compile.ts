import { UsageError } from '@flatbit/core';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runProgram } from '../run-program.js';

/** One call of the C++ compiler that makes an addon. */
export interface Compilation {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly flags: readonly string[];
  readonly sources: readonly string[];
  /** Flags of the linker. */
  readonly link: readonly string[];
  readonly output: string;
}

/**
 * The C++ compiler: `CXX`, or the first of the usual ones.
 * @throws UsageError when there is none.
 */
export async function findCompiler(): Promise<string> {
  const named = process.env['CXX'];
  for (const program of named ? [named] : ['g++', 'clang++', 'c++']) {
    const found = await runProgram(program, ['--version']).catch(() => undefined);
    if (found !== undefined) return program;
  }
  throw new UsageError(
    named
      ? `CXX names ${named}, which does not run; name a C++ compiler`
      : 'no C++ compiler is there; install one (g++ of your system), or name it (CXX)',
  );
}

/** The compiler's arguments. */
export function compilerArguments({ flags, sources, link, output }: Compilation): readonly string[] {
  return ['-std=c++17', '-fPIC', '-shared', ...flags, ...sources, '-o', output, ...link];
}

/**
 * Compiles and links. The addon gets its name when it is whole.
 * @throws UsageError without a compiler, Error with the compiler's first complaint.
 */
export async function compile(compilation: Compilation): Promise<void> {
  const { cwd, output } = compilation;
  const partial = `${output}.partial`;
  const compiler = await findCompiler();
  await mkdir(dirname(output), { recursive: true });
  await runProgram(compiler, compilerArguments({ ...compilation, output: partial }), { cwd });
  await rename(partial, output);
}
