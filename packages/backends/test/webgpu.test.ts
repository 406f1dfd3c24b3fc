import { expect } from 'chai';
import { ScratchProject } from './scratch-project.js';

describe('webgpu', () => {
  let project: ScratchProject;

  beforeEach(() => {
    project = new ScratchProject();
    project.install(
      '@tensorflow/tfjs-backend-webgpu',
      `const tf = require('@tensorflow/tfjs');
       tf.registerBackend('webgpu', () => new tf.KernelBackend());
       tf.copyRegisteredKernels('cpu', 'webgpu');`,
    );
  });

  afterEach(() => {
    project.remove();
  });

  /** Installs a Dawn whose adapter is what this expression gives. */
  function installDawn(adapter: string): void {
    project.install(
      'webgpu',
      `exports.globals = {}; exports.create = () => ({ requestAdapter: async () => (${adapter}) });`,
    );
  }

  /** What is taken without a name and why not webgpu, then what its name gives. */
  async function selected(): Promise<readonly [name: string, reason: string | null, named: string]> {
    const { stdout } = await project.run(`
      const { name, skipped } = await selectEngine();
      const named = await selectEngine('webgpu').then(({ gpu }) => gpu, ({ message }) => message);
      print([name, skipped.find((engine) => engine.name === 'webgpu')?.reason ?? null, named]);`);
    return JSON.parse(stdout) as [string, string | null, string];
  }

  it('is taken on a graphics processor, and names it', async () => {
    installDawn(
      "{ info: { vendor: 'nvidia', architecture: 'hopper', description: 'H100', isFallbackAdapter: false } }",
    );
    expect(await selected()).to.deep.equal(['webgpu', null, 'nvidia hopper H100']);
  });

  it('is taken on a driver that computes on the processor by name alone', async () => {
    for (const info of [
      "{ vendor: 'google', architecture: 'swiftshader', description: '', isFallbackAdapter: true }",
      "{ vendor: 'mesa', architecture: '', description: 'llvmpipe (LLVM 15)' }",
    ]) {
      installDawn(`{ info: ${info} }`);
      const [name, reason, named] = await selected();
      expect(name).to.equal('wasm');
      expect(reason).to.equal(`${named} computes on the processor; it is taken only when asked for by name`);
    }
  });

  it('is refused where there is no graphics processor, whether Dawn says so or throws', async () => {
    for (const adapter of ['null', "Promise.reject(new Error('no suitable backends'))"]) {
      installDawn(adapter);
      expect(await selected()).to.deep.equal([
        'wasm',
        'WebGPU finds no graphics processor',
        'engine "webgpu" cannot be loaded: WebGPU finds no graphics processor',
      ]);
    }
  });
});
