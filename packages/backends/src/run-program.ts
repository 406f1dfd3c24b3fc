import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Whether what it prints is shown on stderr as it comes; else it is kept for the error alone. */
  readonly shown?: boolean;
  /** Milliseconds after which it is ended. */
  readonly timeout?: number;
}

/** A program that is not there, or that fails. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  /** Whether it could not even be started. */
  readonly missing: boolean;

  constructor(message: string, missing: boolean) {
    super(message);
    this.missing = missing;
  }
}

/**
 * Runs a program and resolves to what it printed on stdout.
 * @throws ProgramError of one line: the signal that ended it, the time that was up, or its first complaint.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, shown = false, timeout }: ProgramOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    // A progress bar is drawn for a terminal alone: a program that is shown gets ours.
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', shown ? 2 : 'pipe', 'pipe'],
      timeout,
    });
    const fail = (why: string) => {
      reject(new ProgramError(`${program}: ${why}`, false));
    };
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (shown) process.stderr.write(chunk);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(new ProgramError(`${program} cannot be started (${error.code ?? error.message})`, true));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else if (child.killed) fail(`not done after ${timeout! / 1000} s`);
      else if (signal !== null) fail(`ended by ${signal}${withSaid(errorLine(stderr))}`);
      else fail(errorLine(stderr) ?? `ended by ${code}`);
    });
  });
}

/** A crash says nothing of itself; what was said before it may be a remark. */
const withSaid = (line: string | undefined): string => (line === undefined ? '' : ` (${line})`);

/** How Node, pip, compilers and npm begin the line that says what is wrong. */
const complaint = /^\w*Error: |^ERROR: |: (?:fatal )?error: |^npm (?:error|ERR!) (?!code|errno|syscall)/;

/** The first complaint of a program, or else its last line. */
function errorLine(stderr: string): string | undefined {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trim());
  return lines.find((line) => complaint.test(line)) ?? lines.filter((line) => line !== '').at(-1);
}
