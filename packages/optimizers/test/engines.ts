import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

/** The reference, and the engine that trains without an installer. */
export const engines = ['cpu', 'wasm'] as const;

/** Makes an engine the current one. */
export async function useEngine(name: (typeof engines)[number]): Promise<void> {
  setWasmPaths(`${wasmFolder}/`);
  await tf.setBackend(name);
}
