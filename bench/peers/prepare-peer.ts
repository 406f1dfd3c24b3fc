import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const sources = join(root, 'bench', 'peers');
const requirements = join(sources, 'requirements.txt');
const environment = join(root, '.flatbit', 'peers');
const python =
  process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python');
/** Written when everything is installed: a copy of what was asked for. */
const installed = join(environment, 'requirements.txt');

/**
 * Makes the peer's virtual environment in `.flatbit/peers` if need be, and checks the peer against the numbers of the
 * published implementation. pip goes by the user's own settings.
 * @returns the path of the interpreter.
 * @throws Error with one line: no Python, no PyTorch, or a peer that computes something else.
 */
export async function preparePeer(say: (line: string) => void): Promise<string> {
  const wanted = readFileSync(requirements, 'utf8');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
    say(`installs ${wanted.trim().split('\n').join(', ')} into ${environment}`);
    rmSync(environment, { recursive: true, force: true });
    await orExplain('a virtual environment cannot be made', 'python3', ['-m', 'venv', environment]);
    const install = ['-m', 'pip', 'install', '--quiet', '--requirement', requirements];
    await orExplain('PyTorch cannot be installed', python, install);
    writeFileSync(installed, wanted);
  }
  const check = [join(sources, 'check.py'), join(root, 'test', 'reference', 'golden.json')];
  await orExplain('the peer differs from the published implementation', python, check);
  return python;
}

async function orExplain(what: string, program: string, args: readonly string[]): Promise<void> {
  try {
    await run(program, args, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const why = (stderr?.trim() || message).split('\n').at(-1)!;
    throw new Error(`${what}: ${why}`, { cause: error });
  }
}
