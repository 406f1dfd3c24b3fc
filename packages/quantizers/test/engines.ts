import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { testEngines } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

/** The engines that the arithmetic is checked on: the reference, and the one with ways of its own. */
export const engines = testEngines;

/** Makes an engine the current one; suits `before` and `after`. */
export async function useEngine(name: string): Promise<void> {
  setWasmPaths(`${wasmFolder}/`);
  await tf.setBackend(name);
}
