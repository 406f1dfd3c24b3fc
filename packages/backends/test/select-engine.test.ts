import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { UsageError } from '@flatbit/core';
import { engineNames, selectEngine, type EngineName } from '@flatbit/backends';
import { ScratchProject } from './scratch-project.js';

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
        notes: [],
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
    assert.notEqual(name, 'cpu');
    for (const engine of skipped) assert.match(engine.reason, /^[^\n]+$/);
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

  for (const name of ['cpu', 'wasm']) {
    it(`prints nothing of its own on ${name}`, async () => {
      const project = new ScratchProject();
      const { stdout, stderr } = await project.run(`
        await selectEngine('${name}');
        console.log(...tf.tensor1d([1, 2]).square().dataSync());
      `);
      project.remove();
      assert.equal(stdout, '1 4\n');
      assert.equal(stderr, '');
    });
  }
});
