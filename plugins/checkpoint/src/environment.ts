import type { Json } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import type { CheckpointManifest } from './manifest.js';

/** What the user adds to a manifest: `seed`, `experiment`, …; `engine` and `versions` are merged with what is known. */
export interface ManifestFields {
  /** What the same bits depend on beside the engine's name: threads, flags, … */
  readonly engine?: Readonly<Record<string, Json>>;
  readonly versions?: Readonly<Record<string, Json>>;
  readonly [field: string]: Json;
}

/** What the same bits depend on. */
export type Environment = Pick<CheckpointManifest, 'engine' | 'versions'>;

/** Where this process runs. */
export function environment({ engine, versions }: ManifestFields = {}): Environment {
  return {
    engine: { name: tf.getBackend(), ...engine },
    versions: { node: process.versions.node, tfjs: tf.version['tfjs-core'], ...versions },
  };
}

/** Where two environments say different things: `engine.name was "wasm", is "cpu"`. */
export function environmentDifferences(then: Environment, now: Environment): readonly string[] {
  return (['engine', 'versions'] as const).flatMap((part) =>
    Object.entries(now[part]).flatMap(([name, value]) => {
      const [was, is] = [JSON.stringify(then[part][name]), JSON.stringify(value)];
      return was === undefined || was === is ? [] : [`${part}.${name} was ${was}, is ${is}`];
    }),
  );
}
