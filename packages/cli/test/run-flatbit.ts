import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command's file. */
export const flatbitBin = fileURLToPath(new URL('../bin/flatbit.js', import.meta.url));

/** What the command answered. */
export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FlatbitOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What TensorFlow's library prints on its own when it is loaded; no setting silences all of it. */
const remarks =
  /^(WARNING: All log messages before absl::|I\d{4} |To enable the following instructions: ).*\n/gm;

/** Runs `flatbit` with these arguments in a process of its own. */
export function runFlatbit(args: readonly string[], options: FlatbitOptions = {}): Promise<Answer> {
  const { cwd, env } = options;
  const child = spawn(process.execPath, [flatbitBin, ...args], { cwd, env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr: stderr.replace(remarks, '') });
    });
  });
}
