import { expect } from 'chai';
import { copyFileSync, existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { installedEngine, ScratchProject, tfjsNode } from './scratch-project.js';

/** Registers a backend and a kernel as tfjs-node does, and goes on with what is given. */
const registering = (rest: string) => `
  const tf = require('@tensorflow/tfjs');
  tf.registerKernel({ kernelName: 'Left', backendName: 'tensorflow', kernelFunc: () => [] });
  tf.registerBackend('tensorflow', () => Object.assign(new tf.KernelBackend(), { binding: { TF_Version: '2.21.0' } }));
  ${rest}`;

describe('native TensorFlow that is broken', () => {
  let project: ScratchProject;

  beforeEach(() => {
    project = new ScratchProject();
  });

  afterEach(() => {
    project.remove();
  });

  /** The engine that is taken without a name, and why native TensorFlow is not. */
  async function selected(): Promise<{ name: string; reason: string }> {
    const { stdout } = await project.run(`
      const { name, skipped } = await selectEngine();
      tf.tensor1d([1, 2]).square().dataSync();
      print({ name, reason: skipped.find((engine) => engine.name === 'tensorflow')?.reason });`);
    return JSON.parse(stdout) as { name: string; reason: string };
  }

  it('is passed over where it is not installed, with the command that installs it', async () => {
    expect(await selected()).to.deep.equal({
      name: 'wasm',
      reason: 'it is not installed (npx flatbit native install)',
    });
  });

  it('is passed over when its package throws', async () => {
    project.install('@tensorflow/tfjs-node', "throw new Error('no binding for this Node\\nRequire stack:')");
    expect(await selected()).to.deep.equal({
      name: 'wasm',
      reason: '@tensorflow/tfjs-node: no binding for this Node',
    });
  });

  it('is passed over when its addon is no library', async () => {
    project.install('@tensorflow/tfjs-node', "require('./binding.node')");
    project.write(join(tfjsNode, 'binding.node'), 'damaged');
    const { name, reason } = await selected();
    expect(name).to.equal('wasm');
    expect(reason).to.match(/^@tensorflow\/tfjs-node: \S*binding\.node: /);
  });

  it('is passed over when it brings a TF.js of its own', async () => {
    project.install('@tensorflow/tfjs-node', '');
    project.write(join(tfjsNode, 'node_modules', '@tensorflow', 'tfjs', 'index.js'), '');
    const { name, reason } = await selected();
    expect(name).to.equal('wasm');
    expect(reason).to.match(/^@tensorflow\/tfjs-node: it brings a copy of TF\.js of its own, /);
  });

  it('leaves nothing behind', async () => {
    project.install('@tensorflow/tfjs-node', registering("throw new Error('halfway')"));
    const { stdout, stderr } = await project.run(`
      await selectEngine('cpu');
      const { message } = await selectEngine('tensorflow').catch((error) => error);
      print([message, tf.getBackend(), tf.getKernelsForBackend('tensorflow'), tf.findBackendFactory('tensorflow') === null]);`);
    expect(stderr).to.equal('');
    expect(JSON.parse(stdout)).to.deep.equal([
      'engine "tensorflow" cannot be loaded: @tensorflow/tfjs-node: halfway',
      'cpu',
      [],
      true,
    ]);
  });

  it('is loaded anew once it is mended', async () => {
    project.install(
      '@tensorflow/tfjs-node',
      registering("if (!process.env.MENDED) throw new Error('halfway')"),
    );
    const { stdout } = await project.run(`
      await selectEngine('tensorflow').catch(() => {});
      process.env.MENDED = '1';
      await selectEngine('tensorflow');
      print(tf.getKernel('Left', 'tensorflow') !== undefined);`);
    expect(stdout).to.equal('true\n');
  });
});

describe('the native engine of this repository', () => {
  let project: ScratchProject;

  before(function () {
    // It is optional: .ci/run installs it where it can, and says whether it could.
    if (!existsSync(installedEngine)) this.skip();
  });

  beforeEach(() => {
    project = new ScratchProject();
  });

  afterEach(() => {
    project.remove();
  });

  const report =
    'const { name, version, threads, skipped } = await selectEngine(); print({ name, version, threads, skipped });';

  it('is the first choice, says what is inside, and takes as many threads as it is told', async () => {
    project.copyEngine();
    const { stdout } = await project.run(report, { TF_NUM_INTRAOP_THREADS: '3' });
    const engine = JSON.parse(stdout) as { version: string };
    expect(engine.version).to.match(/^4\.22\.0 \(TensorFlow \d+\.\d+\.\d+\)$/);
    expect(engine).to.deep.include({ name: 'tensorflow', threads: 3, skipped: [] });
  });

  it('has the functions of util that Node 23 has removed', async () => {
    project.copyEngine();
    const { stdout, stderr } = await project.run(`
      import util from 'node:util';
      const before = typeof util.isNullOrUndefined;
      await selectEngine('tensorflow');
      // TopK calls isNullOrUndefined, concat isArray.
      const [values, joined] = [tf.topk(tf.tensor1d([3, 1, 2]), 2).values, tf.concat([tf.ones([1]), tf.zeros([1])])];
      print([...values.dataSync(), ...joined.dataSync(), typeof util.isNullOrUndefined === before]);`);
    expect(JSON.parse(stdout)).to.deep.equal([3, 2, 1, 0, true]);
    expect(stderr).not.to.include('DeprecationWarning');
  });

  it('keeps remarks off stderr unless the user has set a level', async () => {
    project.copyEngine();
    const script =
      "await selectEngine('tensorflow'); tf.ones([1]).add(1).dataSync(); print(process.env.TF_CPP_MIN_LOG_LEVEL);";
    expect((await project.run(script, { TF_CPP_MIN_LOG_LEVEL: undefined })).stdout).to.equal('"1"\n');
    expect((await project.run(script, { TF_CPP_MIN_LOG_LEVEL: '0' })).stdout).to.equal('"0"\n');
  });

  it('is passed over when its binding or a library is damaged', async () => {
    const copied = project.copyEngine();
    const binding = join(copied, 'lib', 'napi-v8', 'tfjs_binding.node');
    const reasonOf = async () => {
      const { stdout } = await project.run(report);
      const { name, skipped } = JSON.parse(stdout) as { name: string; skipped: { reason: string }[] };
      expect(name).to.equal('wasm');
      return skipped[0]!.reason;
    };
    writeFileSync(binding, 'no library');
    expect(await reasonOf()).to.match(/^the engine in \S+: \S+tfjs_binding\.node: file too short$/);
    // Cut off behind its headers, a library ends the process that loads it.
    copyFileSync(join(installedEngine, relative(project.native, binding)), binding);
    truncateSync(binding, 5000);
    expect(await reasonOf()).to.match(
      /^the engine in \S+: \S+tfjs_binding\.node is damaged \(it ends too early\)$/,
    );
  });

  it('is passed over when its library is missing', async () => {
    const copied = project.copyEngine();
    rmSync(join(copied, 'deps'));
    const { stdout } = await project.run(report);
    const { name, skipped } = JSON.parse(stdout) as { name: string; skipped: { reason: string }[] };
    expect(name).to.equal('wasm');
    expect(skipped[0]!.reason).to.match(
      /^the engine in \S+: libtensorflow\S*: cannot open shared object file/,
    );
  });

  it('stands in for a package beside flatbit that is broken', async () => {
    project.copyEngine();
    project.install('@tensorflow/tfjs-node-gpu', registering("throw new Error('no CUDA')"));
    const { stdout, stderr } = await project.run(`${report} print(tf.ones([2]).add(1).dataSync()[0]);`);
    expect(stdout)
      .to.include('"name":"tensorflow"')
      .and.to.match(/\n2\n$/);
    expect(stderr).not.to.include('already registered');
  });

  it('leaves ops of other sources alone, and says what brings the right ones', async () => {
    project.copyEngine();
    project.write('.flatbit/native/ops/flatbit_ops.node', 'compiled once upon a time');
    project.write('.flatbit/native/ops/flatbit_ops.json', '{ "digest": "old", "processor": "this" }');
    const { stdout, stderr } = await project.run("print((await selectEngine('tensorflow')).customOps);");
    expect(stdout).to.equal('false\n');
    expect(stderr).to.include(
      'flatbit: the fused ops were compiled from other sources, or for another processor; npx flatbit native install',
    );
  });
});
