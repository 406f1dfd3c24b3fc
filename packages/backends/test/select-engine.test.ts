import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { UsageError } from '@flatbit/core';
import { engineNames, selectEngine, type EngineName } from '@flatbit/backends';

describe('selectEngine', () => {
  after(() => selectEngine('cpu'));

  it('selects cpu and describes it', async () => {
    assert.deepEqual(await selectEngine('cpu'), {
      name: 'cpu',
      version: tf.version['tfjs-backend-cpu'],
      threads: 1,
      reason: 'asked for by name',
      skipped: [],
    });
    assert.equal(tf.getBackend(), 'cpu');
  });

  it('selects wasm, finds its binaries, and brings the kernels that it needs to train', async () => {
    const engine = await selectEngine('wasm');
    assert.deepEqual(
      { ...engine, threads: 0 },
      {
        name: 'wasm',
        version: '4.22.0',
        threads: 0,
        reason: 'asked for by name',
        skipped: [],
      },
    );
    assert.ok(engine.threads >= 1);
    assert.equal(tf.getBackend(), 'wasm');
    assert.equal(tf.getKernel(tf.Conv2DBackpropFilter, 'wasm').backendName, 'wasm');
  });

  it('switches between engines in one process, and tensors move along', async () => {
    await selectEngine('wasm');
    const x = tf.tensor1d([1, 2, 3]);
    for (const name of ['cpu', 'wasm', 'wasm', 'cpu'] as const) {
      await selectEngine(name);
      assert.equal(tf.getBackend(), name);
      tf.tidy(() => assert.deepEqual([...x.square().dataSync()], [1, 4, 9]));
    }
    x.dispose();
  });

  it('takes calls one after the other', async () => {
    const engines = await Promise.all([selectEngine('wasm'), selectEngine('cpu'), selectEngine('wasm')]);
    assert.deepEqual(
      engines.map(({ name }) => name),
      ['wasm', 'cpu', 'wasm'],
    );
    assert.equal(tf.getBackend(), 'wasm');
  });

  it('takes the first that loads without a name, and says why not the others', async () => {
    const { name, reason, skipped } = await selectEngine();
    assert.equal(reason, 'the fastest engine that loads');
    assert.deepEqual(
      skipped.map((engine) => engine.name),
      engineNames.slice(0, engineNames.indexOf(name)),
    );
    assert.ok(name === 'tensorflow' || name === 'wasm');
    if (name === 'wasm') {
      assert.match(
        skipped[0]!.reason,
        /^@tensorflow\/tfjs-node-gpu is not installed; @tensorflow\/tfjs-node /,
      );
      assert.equal(skipped[1]!.reason, 'taken only when asked for by name');
    }
  });

  it('refuses a name that no engine has, in one line with the names that there are', async () => {
    await assert.rejects(selectEngine('cuda' as EngineName), {
      name: 'UsageError',
      message: 'unknown engine "cuda"; it is one of tensorflow, webgpu, wasm, cpu',
    });
    await assert.rejects(selectEngine('' as EngineName), UsageError);
  });

  it('refuses a named engine that is not installed, and leaves the selected one', async () => {
    for (const name of ['tensorflow', 'webgpu'] as const) {
      await selectEngine('cpu');
      // Where a package is installed there is nothing to refuse.
      const refusal = await selectEngine(name).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refusal === undefined) continue;
      assert.ok(refusal instanceof UsageError);
      assert.match(refusal.message, new RegExp(`^engine "${name}" cannot be loaded: [^\\n]+$`));
      assert.equal(tf.getBackend(), 'cpu');
    }
    await selectEngine('cpu');
  });

  it('still answers after a refusal', async () => {
    const refused = selectEngine('cuda' as EngineName);
    const selected = selectEngine('cpu');
    await assert.rejects(refused);
    assert.equal((await selected).name, 'cpu');
  });

  it('takes native TensorFlow when a package brings it, and names what is inside', async () => {
    const { stdout } = await runModule(
      'console.log(JSON.stringify(await selectEngine())); console.log(tf.getBackend());',
      {
        '@tensorflow/tfjs-node': `
          globalThis.tf.registerBackend('tensorflow', () =>
            Object.assign(new globalThis.tf.KernelBackend(), { binding: { TF_Version: '2.21.0' } }));
          export const version = { 'tfjs-node': '4.22.0' };`,
      },
    );
    const [engine, backend] = stdout.split('\n');
    assert.deepEqual(JSON.parse(engine!), {
      name: 'tensorflow',
      version: '4.22.0 (TensorFlow 2.21.0)',
      threads: 3,
      reason: 'the fastest engine that loads',
      skipped: [],
    });
    assert.equal(backend, 'tensorflow');
  });

  it('passes over native TensorFlow that does not load, that does not start, or that has a TF.js of its own', async () => {
    const report = 'console.log((await selectEngine()).skipped[0].reason); console.log(tf.getBackend());';
    for (const [source, reason] of [
      [
        "throw new Error('no binding for this Node\\nRequire stack:');",
        '@tensorflow/tfjs-node does not load (no binding for this Node)',
      ],
      ['', '@tensorflow/tfjs-node has brought a copy of @tensorflow/tfjs-core of its own'],
      [
        "globalThis.tf.registerBackend('tensorflow', async () => { throw new Error('no'); });",
        'its backend "tensorflow" does not start',
      ],
    ]) {
      const { stdout } = await runModule(report, { '@tensorflow/tfjs-node': source! });
      assert.equal(stdout, `@tensorflow/tfjs-node-gpu is not installed; ${reason}\nwasm\n`);
    }
  });

  it('refuses WebGPU where there is no graphics processor', async () => {
    const { stdout } = await runModule(
      "console.log(await selectEngine('webgpu').catch(({ message }) => message));",
      {
        webgpu:
          'export const globals = {}; export const create = () => ({ requestAdapter: async () => null });',
      },
    );
    assert.equal(stdout, 'engine "webgpu" cannot be loaded: WebGPU finds no graphics processor\n');
  });

  for (const name of ['cpu', 'wasm']) {
    it(`prints nothing of its own on ${name}`, async () => {
      const { stdout, stderr } = await runModule(`
        await selectEngine('${name}');
        console.log(...tf.tensor1d([1, 2]).square().dataSync());
      `);
      assert.equal(stdout, '1 4\n');
      assert.equal(stderr, '');
    });
  }
});

/** Runs a script in a Node of its own, in which only the given of the optional packages are installed. */
function runModule(
  script: string,
  packages: Record<string, string> = {},
): Promise<{ stdout: string; stderr: string }> {
  const hook = `
    const sources = ${JSON.stringify(packages)};
    const optional = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node', 'webgpu', '@tensorflow/tfjs-backend-webgpu'];
    export async function resolve(name, context, next) {
      if (name in sources) {
        return { url: 'data:text/javascript,' + encodeURIComponent(sources[name]), shortCircuit: true };
      }
      if (optional.includes(name)) {
        throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: 'ERR_MODULE_NOT_FOUND' });
      }
      return next(name, context);
    }`;
  const module = `
    import { register } from 'node:module';
    import * as tf from '@tensorflow/tfjs';
    import { selectEngine } from '@flatbit/backends';
    globalThis.tf = tf;
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
    ${script}`;
  return promisify(execFile)(process.execPath, ['--input-type=module', '--eval', module], {
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: '3' },
  });
}
