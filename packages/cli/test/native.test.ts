import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flatbitBin, runFlatbit, type Answer } from './run-flatbit.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** What the installed engine of this repository has from TensorFlow's wheel. */
const installed = join(repository, '.flatbit/native/node_modules/@tensorflow/tfjs-node/deps');

interface Examined {
  readonly engines: readonly {
    readonly name: string;
    readonly works: boolean;
    readonly version?: string;
    readonly customOps?: boolean;
    readonly reason?: string;
    readonly remedy?: string;
    readonly gigaflops?: number;
  }[];
  readonly selected: { readonly name: string };
}

describe('flatbit native', () => {
  let project: string;
  let native: string;

  // Below this repository, whose TF.js an engine has to find.
  beforeEach(() => {
    mkdirSync(join(repository, 'tmp'), { recursive: true });
    project = mkdtempSync(join(repository, 'tmp', 'native-'));
    native = join(project, '.flatbit', 'native');
  });

  afterEach(() => {
    rmSync(project, { recursive: true });
  });

  const run = (args: string, env: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    runFlatbit(args.split(' '), { cwd: project, env: { FLATBIT_NATIVE: native, ...env } });
  const examine = async (): Promise<Examined> => JSON.parse((await run('doctor --json')).stdout) as Examined;

  /** A folder with nothing but these programs, for a PATH. */
  function pathWith(...programs: readonly string[]): string {
    const folder = mkdtempSync(join(project, 'path-'));
    const from = process.env['PATH']!.split(':');
    for (const name of programs) {
      const path = from.map((directory) => join(directory, name)).find((candidate) => existsSync(candidate))!;
      symlinkSync(realpathSync(path), join(folder, name));
    }
    return folder;
  }

  /** Lays the installed engine's part of TensorFlow's wheel into the project, as `wheel`. */
  function unpackedWheel(): void {
    const wheel = join(project, 'wheel', 'tensorflow');
    mkdirSync(wheel, { recursive: true });
    symlinkSync(join(installed, 'include'), join(wheel, 'include'));
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
      symlinkSync(join(installed, 'lib', name), join(wheel, name));
    }
  }

  it('plans an installation from the commands that it would run, and does nothing', async () => {
    const { code, stdout, stderr } = await run('native install --dry-run');
    expect([code, stderr]).to.deep.equal([0, '']);
    for (const command of [
      'npm install --prefix .flatbit/native.partial --ignore-scripts --prefer-offline --save-exact ',
      ' @tensorflow/tfjs-node@4.22.0 node-api-headers@',
      'cd .flatbit/native.partial/node_modules/@tensorflow/tfjs-node && npm run install\n',
      ' download --no-deps --only-binary=:all: --python-version 311 --dest .flatbit/native.downloads tensorflow-cpu\n',
      ` -std=c++17 -fPIC -shared -O2 -DNAPI_VERSION=8 -I${native}.partial/node_modules/node-api-headers/include `,
      " -ltensorflow -ltensorflow_framework '-Wl,-rpath,$ORIGIN/../../deps/lib'\n",
      ' -O3 -march=native ',
      'rename .flatbit/native.partial to .flatbit/native\n',
    ]) {
      expect(stdout).to.include(command);
    }
    expect(readdirSync(project)).to.deep.equal([]);
  });

  it("plans one for a GPU, with the GPU's package, TensorFlow and CUDA", async () => {
    const { stdout } = await run('native install --gpu --dry-run');
    expect(stdout).to.include(' @tensorflow/tfjs-node-gpu@4.22.0 ');
    expect(stdout).to.match(/ --dest \S+ tensorflow\n/);
    expect(stdout).to.match(/ --dest \S+ nvidia-…\n/);
  });

  it('names in the plan what is missing', async () => {
    const { code, stdout } = await run('native install --dry-run', { PATH: pathWith('node'), CXX: '' });
    expect(code).to.equal(0);
    expect(stdout).to.match(/\nmissing: no C\+\+ compiler is there; .*\nmissing: pip is not there, .*\n$/);
  });

  it('refuses what cannot become an engine in one line, and makes no folder', async () => {
    writeFileSync(join(project, 'text.whl'), 'no wheel');
    mkdirSync(join(project, 'wheel/tensorflow/include/tensorflow/c'), { recursive: true });
    for (const name of [
      'include/tensorflow/c/c_api.h',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so.2',
    ])
      writeFileSync(join(project, 'wheel/tensorflow', name), '');
    for (const [args, env, line] of [
      [
        '--from nothing.whl',
        {},
        'nothing.whl: no such file or folder; give a wheel of TensorFlow, or an unpacked one',
      ],
      ['--from text.whl', {}, /^text\.whl: is no wheel \(.*\); download it again$/],
      ['--from .', {}, '.: is no wheel of TensorFlow (no tensorflow/include/); give one, or an unpacked one'],
      [
        '--from wheel',
        { PATH: pathWith('node', 'npm'), CXX: '' },
        'no C++ compiler is there; install one (g++ of your system), or name it (CXX)',
      ],
    ] as const) {
      const { code, stdout, stderr } = await run(`native install ${args}`, env);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(/^flatbit: [^\n]*\n$/);
      expect(stderr.slice('flatbit: '.length, -1)).to.satisfy((said: string) =>
        typeof line === 'string' ? said === line : line.test(said),
      );
      expect(existsSync(dirname(native))).to.equal(false);
    }
  });

  it('replaces and removes no folder that holds something else', async () => {
    const env = { FLATBIT_NATIVE: project };
    writeFileSync(join(project, 'thesis.tex'), 'precious');
    for (const args of ['native remove', 'native install', 'native install --dry-run']) {
      expect(await run(args, env)).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: `flatbit: FLATBIT_NATIVE: ${project} holds something else than an engine; name another folder\n`,
      });
    }
    expect(readdirSync(project)).to.deep.equal(['thesis.tex']);
  });

  it("takes no folder from which an engine would not find the project's TF.js, nor one that npm ci empties", async () => {
    const root = resolve(repository);
    for (const folder of [root, dirname(root), join(root, 'node_modules', 'engine')]) {
      expect(await run('native install --dry-run', { FLATBIT_NATIVE: folder })).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: `flatbit: FLATBIT_NATIVE: ${folder} is not a folder below ${root}, outside of node_modules; name one, as .flatbit/native\n`,
      });
    }
  });

  it('says in one line where it cannot write', async () => {
    writeFileSync(dirname(native), 'no folder');
    expect(await run('native install')).to.deep.equal({
      code: 2,
      stdout: '',
      stderr: `flatbit: ${dirname(native)}: is no folder; move it away, or name another folder (FLATBIT_NATIVE)\n`,
    });
  });

  it('keeps git away from its own folder alone, from the first moment', async function () {
    if (!existsSync(join(installed, 'lib'))) this.skip();
    unpackedWheel();
    const args = ['native', 'install', '--from', 'wheel'];
    await killedWhen('fetching', args);
    expect(existsSync(join(dirname(native), '.gitignore'))).to.equal(true);
    await killedWhen('fetching', args, join(project, 'engine'));
    expect(existsSync(join(project, '.gitignore'))).to.equal(false);
  });

  it('has nothing to remove where nothing is', async () => {
    expect(await run('native remove')).to.deep.equal({
      code: 0,
      stdout: '',
      stderr: 'flatbit: no native engine is installed\n',
    });
  });

  it('goes on after it was killed, is found by doctor, survives damage and is removed', async function () {
    // The engine is optional; .ci/run says whether it is there. Compiling takes a minute of a processor.
    if (!existsSync(join(installed, 'include/tensorflow/core/framework/op_kernel.h'))) this.skip();
    this.timeout(900_000);
    unpackedWheel();

    await killedWhen("compiling tfjs-node's binding", ['native', 'install', '--from', 'wheel']);
    expect(existsSync(native)).to.equal(false);

    const second = await run('native install --from wheel');
    expect(second.stderr).to.include('going on with an installation that was interrupted\n');
    expect(second.stderr).not.to.match(/fetching/);
    expect(second.code).to.equal(0);
    expect(second.stdout).to.match(
      /^TensorFlow \d+\.\d+\.\d+ \(.*\) is installed; flatbit doctor measures it\n$/,
    );
    expect(readdirSync(dirname(native)).sort()).to.deep.equal(['.gitignore', 'native']);
    expect(readdirSync(join(native, 'node_modules/@tensorflow'))).to.deep.equal(['tfjs-node']);

    const third = await run('native install --from wheel');
    expect(third.stderr).to.match(/^TensorFlow \S+ is installed and computes\n$/);

    const { engines, selected } = await examine();
    expect(engines[0]).to.deep.include({ name: 'tensorflow', works: true, customOps: true });
    expect(engines[0]!.gigaflops).to.be.greaterThan(0);
    expect(selected.name).to.equal('tensorflow');

    truncateSync(join(native, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node'), 5000);
    const damaged = await examine();
    expect(damaged.engines[0]).to.deep.include({ works: false, remedy: 'npx flatbit native install' });
    expect(damaged.engines[0]!.reason).to.include('tfjs_binding.node is damaged');
    expect(damaged.selected.name).to.equal('wasm');

    expect(await run('native remove')).to.deep.include({ code: 0, stdout: `removed ${native}\n` });
    expect(existsSync(dirname(native))).to.equal(false);
  });

  /** Kills the command, with no chance to tidy up, as soon as it says this. */
  async function killedWhen(words: string, args: readonly string[], folder = native): Promise<void> {
    const child = spawn(process.execPath, [flatbitBin, ...args], {
      cwd: project,
      env: { ...process.env, FLATBIT_NATIVE: folder },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(words)) child.kill('SIGKILL');
    });
    const [, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect(signal, said).to.equal('SIGKILL');
  }
});
