import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, findCompiler } from '../dist/native/compile.js';
import { withInstallLock } from '../dist/native/install-lock.js';
import { npm } from '../dist/native/npm.js';
import { findPip, pipArguments } from '../dist/native/pip.js';
import { requireDiskSpace } from '../dist/native/require-disk-space.js';
import { requirePlatform } from '../dist/native/require-platform.js';
import { runProgram } from '../dist/run-program.js';

const installLock = fileURLToPath(new URL('../dist/native/install-lock.js', import.meta.url));

/** Runs an action with other variables in the environment, and gives what it throws. */
async function refusalWith(
  env: Readonly<Record<string, string>>,
  action: () => Promise<unknown>,
): Promise<Error> {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  try {
    await action();
  } catch (error) {
    return error as Error;
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
  throw new Error('nothing was thrown');
}

describe('the installer of native TensorFlow', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flatbit-native-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('says what to install where npm, pip or a compiler is missing', async () => {
    for (const [action, message] of [
      [() => npm(['--version'], folder), 'npm is not there, which fetches tfjs-node; put it on the PATH'],
      [
        findPip,
        'pip is not there, which fetches TensorFlow; install Python 3 with pip, or give a wheel of TensorFlow (--from)',
      ],
      [findCompiler, 'no C++ compiler is there; install one (g++ of your system), or name it (CXX)'],
    ] as const) {
      // The folder is empty: nothing is on this PATH.
      const error = await refusalWith({ PATH: folder, CXX: '' }, action);
      expect([error.name, error.message]).to.deep.equal(['UsageError', message]);
    }
  });

  it('takes the compiler that CXX names, and no other', async () => {
    const error = await refusalWith({ CXX: join(folder, 'c++') }, findCompiler);
    expect(error.message).to.equal(
      `CXX names ${join(folder, 'c++')}, which does not run; name a C++ compiler`,
    );
  });

  it("passes the compiler's first complaint on, and leaves no output", async () => {
    writeFileSync(join(folder, 'wrong.cc'), 'int main() { return nothing; }\n');
    const output = join(folder, 'wrong.node');
    const error = await refusalWith({}, () =>
      compile({ cwd: folder, flags: [], sources: ['wrong.cc'], link: [], output }),
    );
    expect(error.message).to.match(/: wrong\.cc:1:\d+: error: .*nothing/);
    expect(() => readFileSync(output)).to.throw('ENOENT');
  });

  it('asks pip for binaries of a Python that TensorFlow is built for, with nothing that comes along', () => {
    expect(pipArguments(['tensorflow-cpu'], 'wheels').join(' ')).to.equal(
      'download --no-deps --only-binary=:all: --python-version 311 --dest wheels tensorflow-cpu',
    );
  });

  it('refuses a machine that TensorFlow has no wheel for, and names the way out', () => {
    const refuse = (system: string, architecture: string, glibc: boolean) => () => {
      requirePlatform({ system, architecture, glibc }, 'getaddrinfo ENOTFOUND');
    };
    expect(refuse('win32', 'x64', false)).to.throw(
      'a native engine is built on linux x64 and arm64 with glibc, not on win32 x64, and the ordinary tfjs-node ' +
        'does not install (getaddrinfo ENOTFOUND); take wasm, or webgpu on a graphics processor',
    );
    expect(refuse('darwin', 'arm64', false)).to.throw('not on darwin arm64');
    expect(refuse('linux', 'x64', false)).to.throw('not on linux x64 without glibc');
    expect(refuse('linux', 'riscv64', true)).to.throw('not on linux riscv64');
    expect(refuse('linux', 'x64', true)).not.to.throw();
    expect(refuse('linux', 'arm64', true)).not.to.throw();
  });

  it('refuses a disk with less room than the engine takes', async () => {
    await requireDiskSpace(folder, 1);
    const error = await refusalWith({}, () => requireDiskSpace(folder, 1e18));
    expect(error.name).to.equal('UsageError');
    // 1e18 bytes are 1,000,000,000 gigabytes.
    expect(error.message).to.match(
      /: the engine needs 1000000000\.0 GB of disk, [\d.]+ GB are free; make room$/,
    );
  });

  it('waits for nobody: a second installation is refused, and one that was killed is not in the way', async () => {
    const lock = join(folder, 'lock');
    await withInstallLock(lock, async () => {
      const error = await refusalWith({}, () => withInstallLock(lock, () => Promise.resolve()));
      expect(error.name).to.equal('UsageError');
      expect(error.message).to.equal(
        `process ${process.pid} installs the native engine just now; wait for it, or remove ${lock} if it does not`,
      );
    });
    await leaveLock(lock);
    expect(await withInstallLock(lock, () => Promise.resolve(1))).to.equal(1);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('is one of many that begin at once, also where one that was killed has left its lock', async () => {
    const lock = join(folder, 'lock');
    for (const arrange of [async () => {}, () => leaveLock(lock)]) {
      await arrange();
      const begin = Date.now() + 1500;
      const script = `
        import { rmdirSync, mkdirSync } from 'node:fs';
        import { setTimeout } from 'node:timers/promises';
        import { withInstallLock } from ${JSON.stringify(installLock)};
        await setTimeout(${begin} - Date.now());
        await withInstallLock(${JSON.stringify(lock)}, async () => {
          // Refused while another process is here.
          mkdirSync(${JSON.stringify(join(folder, 'alone'))});
          await setTimeout(100);
          rmdirSync(${JSON.stringify(join(folder, 'alone'))});
        }).then(() => console.log('done'), (error) => console.log(error.name));`;
      const said = await Promise.all(
        Array.from({ length: 6 }, () =>
          runProgram(process.execPath, ['--input-type=module', '--eval', script]),
        ),
      );
      expect(said).to.include('done\n');
      for (const line of said) expect(line).to.be.oneOf(['done\n', 'UsageError\n']);
      expect(readdirSync(folder)).to.deep.equal([]);
    }
  });

  /** A lock as a process leaves it that is no more. */
  async function leaveLock(lock: string): Promise<void> {
    writeFileSync(lock, (await runProgram(process.execPath, ['-p', 'process.pid'])).trim());
  }

  it('says what has ended a program, not what it said last', async () => {
    const crash = "console.error('all is well'); process.kill(process.pid, 'SIGKILL')";
    const ended = await refusalWith({}, () => runProgram(process.execPath, ['-e', crash]));
    expect(ended.message).to.equal(`${process.execPath}: ended by SIGKILL (all is well)`);
    const late = await refusalWith({}, () =>
      runProgram(process.execPath, ['-e', 'setInterval(() => {}, 1e3)'], { timeout: 500 }),
    );
    expect(late.message).to.equal(`${process.execPath}: not done after 0.5 s`);
  });
});
