import * as tf from '@tensorflow/tfjs';
import { registerWasmKernels } from '@flatbit/kernels';
import { activate } from './activate.js';
import type { EngineLoader } from './loader.js';

/** WebAssembly, with this project's kernels, without which it cannot train. In Node it finds its binaries by itself. */
export const loadWasm: EngineLoader = async () => {
  const { getThreadsCount, setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  if (tf.env().getBool('IS_NODE')) setWasmPaths(await folderOfBinaries());
  registerWasmKernels();
  await activate('wasm');
  return { version: version_wasm, threads: getThreadsCount() };
};

async function folderOfBinaries(): Promise<string> {
  const { createRequire } = await import('node:module');
  const { dirname, join } = await import('node:path');
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  return join(dirname(manifest), 'dist', '/');
}
