import { expect } from 'chai';
import { join } from 'node:path';
import { runFlatbit } from './run-flatbit.js';
import { temporaryFolder } from './tiny-files.js';

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
});
