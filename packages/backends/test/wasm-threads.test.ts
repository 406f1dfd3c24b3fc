import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A convolution, normalised and squared: what it is and its gradients, as one number that any other bit would change. */
const step = `
  import { createHash } from 'node:crypto';
  import * as tf from '@tensorflow/tfjs';
  import { selectEngine } from '@flatbit/backends';
  import { trainingBatchNorm } from '@flatbit/kernels';

  // The memory is shared between threads, or it is not: which kernels of our own work on it.
  const { Instance } = WebAssembly;
  const memories = new Set();
  WebAssembly.Instance = function (module, imports) {
    if (imports.engine) memories.add(imports.engine.memory.buffer.constructor.name);
    return new Instance(module, imports);
  };
  const engine = await selectEngine('wasm');
  const hash = createHash('sha256');
  tf.tidy(() => {
    const x = tf.randomNormal([8, 17, 15, 12], 0, 1, 'float32', 1);
    const filter = tf.randomNormal([3, 3, 12, 24], 0, 1, 'float32', 2);
    const loss = (x, filter) =>
      trainingBatchNorm(tf.conv2d(x, filter, 2, 'same').relu(), { epsilon: 1e-3 }).output.square().mean(0);
    const { value, grads } = tf.valueAndGrads(loss)([x, filter], tf.linspace(0, 1, 9 * 8 * 24).reshape([9, 8, 24]));
    for (const tensor of [value, ...grads]) hash.update(tensor.dataSync());
  });
  const report = { threads: engine.threads, notes: engine.notes, memories: [...memories], bits: hash.digest('hex') };
  console.log(JSON.stringify(report));
`;

interface Report {
  readonly threads: number;
  readonly notes: readonly string[];
  readonly memories: readonly string[];
  readonly bits: string;
}

describe('the threads of wasm', () => {
  it('give the bits of one thread, share the memory of its kernels, and let the process end', async () => {
    const one = await report({ FLATBIT_WASM_THREADS: '1' });
    assert.deepEqual([one.threads, one.memories, one.notes], [1, ['ArrayBuffer'], []]);
    for (const threads of [2, 3]) {
      const many = await report({ FLATBIT_WASM_THREADS: String(threads) });
      assert.deepEqual([many.threads, many.memories, many.notes], [threads, ['SharedArrayBuffer'], []]);
      assert.equal(many.bits, one.bits);
    }
  });

  it('are one if the variable says nothing', async () => {
    const { threads, notes } = await report({ FLATBIT_WASM_THREADS: '' });
    assert.deepEqual([threads, notes], [1, []]);
  });

  it('are one where workers are not allowed, and the engine says so', async () => {
    const permission =
      Number(process.versions.node.split('.')[0]) < 23 ? '--experimental-permission' : '--permission';
    const { threads, notes, bits } = await report({ FLATBIT_WASM_THREADS: '2' }, [
      permission,
      '--allow-fs-read=*',
    ]);
    assert.equal(threads, 1);
    assert.equal(notes.length, 1);
    assert.match(
      notes[0]!,
      /^one thread, since its threaded build does not start \(Access to this API has been restricted/,
    );
    assert.equal(bits, (await report({ FLATBIT_WASM_THREADS: '1' })).bits);
  });

  it('are a whole number that there can be', async () => {
    for (const asked of ['0', '1.5', 'many', '10']) {
      const script = `
        import { selectEngine } from '@flatbit/backends';
        console.log(await selectEngine('wasm').catch((error) => error.name + ': ' + error.message));`;
      const { stdout } = await run(script, { FLATBIT_WASM_THREADS: asked });
      assert.equal(
        stdout,
        `UsageError: engine "wasm" cannot be loaded: FLATBIT_WASM_THREADS is "${asked}"; give a whole number from 1 to 9\n`,
      );
    }
  });

  it('stay away when the engine has been started before', async () => {
    const { stdout } = await run(
      `
      import * as tf from '@tensorflow/tfjs';
      import '@tensorflow/tfjs-backend-wasm';
      import { selectEngine } from '@flatbit/backends';
      await tf.setBackend('wasm');
      const x = tf.tensor1d([1, 2, 3]);
      const { threads } = await selectEngine('wasm');
      console.log(threads, ...x.square().dataSync());`,
      { FLATBIT_WASM_THREADS: '2' },
    );
    assert.equal(stdout, '1 1 4 9\n');
  });
});

async function report(env: Record<string, string>, flags: readonly string[] = []): Promise<Report> {
  const { stdout } = await run(step, env, flags);
  return JSON.parse(stdout) as Report;
}

/** Runs a module in a Node of its own, to its end. */
function run(
  script: string,
  env: Record<string, string>,
  flags: readonly string[] = [],
): Promise<{ stdout: string }> {
  return promisify(execFile)(process.execPath, [...flags, '--input-type=module', '--eval', script], {
    env: { ...process.env, ...env },
  });
}
