import { selectEngine, type Engine, type EngineName } from '@flatbit/backends';
import * as tf from '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Selects an engine; the native one from where it is built in this repository, until `selectEngine` looks there. */
export async function loadEngine(name: EngineName): Promise<Engine> {
  if (name !== 'tensorflow') return selectEngine(name);
  const manifest = fileURLToPath(new URL('../../../.flatbit/native/package.json', import.meta.url));
  const { version } = createRequire(manifest)('@tensorflow/tfjs-node') as { version: Record<string, string> };
  await tf.setBackend('tensorflow');
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism();
  return { name, version: version['tfjs-node']!, threads, reason: 'asked for by name', skipped: [] };
}
