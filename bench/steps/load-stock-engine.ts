import type { Engine, EngineName } from '@flatbit/backends';
import * as tf from '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { composedFilterGradient } from './composed-filter-gradient.js';
import { requireNative } from './require-native.js';

/** Selects an engine as it comes from npm: no kernel of flatbit is registered, so this needs a process of its own. */
export async function loadStockEngine(name: EngineName): Promise<Pick<Engine, 'version' | 'threads'>> {
  if (name === 'webgpu') throw new Error('stock TF.js does not start its webgpu engine in Node');
  return { tensorflow: loadNative, wasm: loadWasm, cpu: loadCpu }[name]();
}

async function loadNative() {
  const version = requireNative();
  await tf.setBackend('tensorflow');
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism();
  return { version: `tfjs-node ${version}`, threads };
}

async function loadWasm() {
  const { getThreadsCount, setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(join(dirname(manifest), 'dist', '/'));
  tf.registerKernel(composedFilterGradient);
  await tf.setBackend('wasm');
  return {
    version: `tfjs-backend-wasm ${version_wasm} with a composed filter gradient`,
    threads: getThreadsCount(),
  };
}

async function loadCpu() {
  await tf.setBackend('cpu');
  return { version: `tfjs-backend-cpu ${tf.version['tfjs-backend-cpu']}`, threads: 1 };
}
