import { expect } from 'chai';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runFlatbit } from './run-flatbit.js';
import { temporaryFolder } from './tiny-files.js';

const tfjs = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs/package.json'));

describe('flatbit doctor', () => {
  it('measures a convolution on every engine, and says how to get those that are missing', async () => {
    const { code, stdout, stderr } = await runFlatbit(['doctor', '--json'], {
      env: { FLATBIT_NATIVE: join(temporaryFolder(), 'native') },
    });
    expect([code, stderr]).to.deep.equal([0, '']);
    const { node, threads, engines, selected } = JSON.parse(stdout) as {
      node: string;
      threads: number;
      engines: readonly {
        name: string;
        works: boolean;
        gigaflops?: number;
        simd?: string;
        reason?: string;
      }[];
      selected: { name: string };
    };
    expect(node).to.equal(process.versions.node);
    expect(threads).to.be.at.least(1);
    expect(engines.map(({ name }) => name)).to.deep.equal(['tensorflow', 'webgpu', 'wasm', 'cpu']);
    for (const { works, gigaflops, reason } of engines) {
      if (works) expect(gigaflops).to.be.greaterThan(0);
      else expect(reason).to.match(/^[^\n]+$/);
    }
    const [tensorflow, , wasm, cpu] = engines;
    expect(tensorflow).to.deep.equal({
      name: 'tensorflow',
      works: false,
      reason: 'it is not installed (npx flatbit native install)',
      remedy: 'npx flatbit native install',
    });
    expect(wasm).to.deep.include({ works: true, simd: 'simd128' });
    expect(cpu).to.deep.include({ works: true });
    expect(['webgpu', 'wasm']).to.include(selected.name);
  });

  it('outlives an engine that ends its process', async () => {
    const native = temporaryFolder();
    const tfjsNode = join(native, 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(tfjsNode, { recursive: true });
    symlinkSync(tfjs, join(native, 'node_modules', '@tensorflow', 'tfjs'));
    writeFileSync(join(tfjsNode, 'package.json'), '{ "name": "@tensorflow/tfjs-node", "version": "4.22.0" }');
    writeFileSync(join(tfjsNode, 'index.js'), "process.kill(process.pid, 'SIGKILL')");
    const { code, stdout } = await runFlatbit(['doctor', '--json'], { env: { FLATBIT_NATIVE: native } });
    const { engines, selected, failure } = JSON.parse(stdout) as {
      engines: readonly { name: string; works: boolean; reason?: string }[];
      selected?: object;
      failure?: string;
    };
    expect(code).to.equal(0);
    expect(engines[0]).to.deep.include({ works: false, reason: 'ended by SIGKILL' });
    expect(engines.filter(({ works }) => works).map(({ name }) => name)).to.include.members(['wasm', 'cpu']);
    expect([selected, failure]).to.deep.equal([undefined, 'ended by SIGKILL']);
  });

  it('says which variable makes no sense, and takes nothing in its place', async () => {
    const { code, stdout } = await runFlatbit(['doctor'], {
      env: { FLATBIT_NATIVE: join(temporaryFolder(), 'native'), FLATBIT_WASM_THREADS: 'many' },
    });
    const line = 'FLATBIT_WASM_THREADS is "many"; give a whole number from 1 to 9';
    expect(code).to.equal(0);
    expect(stdout).to.include(`\nwasm: ${line}\n`);
    expect(stdout).to.match(/\nwithout a name none is taken: FLATBIT_WASM_THREADS is "many"; .*\n$/);
  });
});
