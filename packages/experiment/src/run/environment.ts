import type { Engine } from '@flatbit/backends';
import * as tf from '@tensorflow/tfjs';
import { createRequire } from 'node:module';

/** What the bits of a run depend on beside its settings. */
export interface RunEnvironment {
  /** With the flags of TensorFlow.js that are this engine's: `WASM_HAS_SIMD_SUPPORT`. */
  readonly engine: Pick<Engine, 'name' | 'version' | 'threads'> & Readonly<Record<string, Flag>>;
  readonly versions: { readonly flatbit: string; readonly tfjs: string; readonly node: string };
}

type Flag = string | number | boolean;

export function runEnvironment({ name, version, threads }: Engine): RunEnvironment {
  const { version: flatbit } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return {
    engine: { name, version, threads, ...flagsOf(name) },
    versions: { flatbit, tfjs: tf.version.tfjs, node: process.versions.node },
  };
}

/** The flags that have a value, by name. Those of engines that do not run say nothing of the bits. */
function flagsOf(engine: string): Readonly<Record<string, Flag>> {
  const flags = Object.entries(tf.env().features)
    .filter(([name]) => name.startsWith(`${engine.toUpperCase()}_`))
    .filter((entry): entry is [string, Flag] => ['string', 'number', 'boolean'].includes(typeof entry[1]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(flags);
}
