import * as tf from '@tensorflow/tfjs';
import { registerWasmKernels } from '@flatbit/kernels';
import { activate } from './activate.js';
import type { EngineLoader } from './loader.js';
import { wasmThreads } from './wasm-threads.js';

/** What was found out when it was started. */
let notes: readonly string[] = [];

/** WebAssembly, with this project's kernels, without which it cannot train. In Node it finds its binaries by itself. */
export const loadWasm: EngineLoader = async () => {
  const { getThreadsCount, setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  if (tf.env().getBool('IS_NODE') && !isStarted()) {
    setWasmPaths(await folderOfBinaries());
    notes = await startThreads();
  }
  registerWasmKernels();
  await activate('wasm');
  return { version: version_wasm, threads: getThreadsCount(), notes };
};

/** Puts the threaded build in the place of the single-threaded one; says so if that cannot be. */
async function startThreads(): Promise<readonly string[]> {
  const threads = wasmThreads();
  if (threads === 1) return [];
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    return ['one thread, since this machine has no WebAssembly SIMD'];
  }
  try {
    const { startThreadedWasm } = await import('./threaded-wasm.js');
    const backend = await startThreadedWasm(threads);
    const priorityOfStock = 2;
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', () => backend, priorityOfStock);
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
    return [];
  } catch (error) {
    const [why] = (error as Error).message.split('\n', 1);
    return [`one thread, since its threaded build does not start (${why})`];
  }
}

function isStarted(): boolean {
  return 'wasm' in tf.engine().registry;
}

async function folderOfBinaries(): Promise<string> {
  const { createRequire } = await import('node:module');
  const { dirname, join } = await import('node:path');
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  return join(dirname(manifest), 'dist', '/');
}
