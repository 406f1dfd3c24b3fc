import { selectEngine, type Engine, type EngineName } from '@flatbit/backends';
import * as tf from '@tensorflow/tfjs';
import { availableParallelism } from 'node:os';
import { requireNative } from './native-package.js';

/** Selects an engine; the native one from where it is built in this repository, until `selectEngine` looks there. */
export async function loadEngine(name: EngineName): Promise<Pick<Engine, 'name' | 'version' | 'threads'>> {
  if (name !== 'tensorflow') return selectEngine(name);
  const { version } = requireNative();
  await tf.setBackend('tensorflow');
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism();
  return { name, version: version['tfjs-node']!, threads };
}
