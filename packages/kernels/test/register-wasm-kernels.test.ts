import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { registerWasmKernels } from '@flatbit/kernels';
import { useEngine } from './engines.js';

describe('registerWasmKernels', () => {
  after(() => useEngine('cpu'));

  it('adds what training needs and the engine lacks', async () => {
    await useEngine('wasm');
    for (const kernel of [
      tf.Conv2DBackpropFilter,
      tf.DepthwiseConv2dNativeBackpropFilter,
      tf.DepthwiseConv2dNativeBackpropInput,
      tf.UnsortedSegmentSum,
    ]) {
      assert.equal(tf.getKernel(kernel, 'wasm').kernelName, kernel);
    }
  });

  it('does nothing a second time', async () => {
    await useEngine('wasm');
    const kernels = tf.getKernelsForBackend('wasm');
    registerWasmKernels();
    assert.deepEqual(tf.getKernelsForBackend('wasm'), kernels);
  });

  it('may come before the engine is selected', async () => {
    const { stdout } = await runModule(`
      import * as tf from '@tensorflow/tfjs';
      import '@tensorflow/tfjs-backend-wasm';
      import { registerWasmKernels } from '@flatbit/kernels';
      registerWasmKernels();
      await tf.setBackend('wasm');
      const gradient = tf.grad((w) => tf.conv2d(tf.ones([1, 2, 2, 1]), w, 1, 'valid'));
      console.log(tf.getBackend(), ...gradient(tf.ones([1, 1, 1, 1])).dataSync());
    `);
    assert.equal(stdout.trim(), 'wasm 4');
  });

  it("says what to import when the engine's own kernels are missing", async () => {
    await assert.rejects(
      runModule("import { registerWasmKernels } from '@flatbit/kernels'; registerWasmKernels();"),
      /the wasm engine has no BatchMatMul; import '@tensorflow\/tfjs-backend-wasm' first/,
    );
  });
});

function runModule(script: string): Promise<{ stdout: string }> {
  return promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
}
