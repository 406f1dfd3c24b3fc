import type { Engine } from '@flatbit/backends';
import * as tf from '@tensorflow/tfjs';
import { createRequire } from 'node:module';

/** What the bits of a run depend on beside its settings. */
export interface RunEnvironment {
  readonly engine: Pick<Engine, 'name' | 'version' | 'threads'>;
  readonly versions: { readonly flatbit: string; readonly tfjs: string; readonly node: string };
}

export function runEnvironment({ name, version, threads }: Engine): RunEnvironment {
  const { version: flatbit } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return {
    engine: { name, version, threads },
    versions: { flatbit, tfjs: tf.version.tfjs, node: process.versions.node },
  };
}
