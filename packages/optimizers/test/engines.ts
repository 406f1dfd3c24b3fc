import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { testEngines } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

/** The reference, and the engine that trains without an installer. */
export const engines = testEngines;

/** Makes an engine the current one. */
export async function useEngine(name: string): Promise<void> {
  setWasmPaths(`${wasmFolder}/`);
  await tf.setBackend(name);
}
