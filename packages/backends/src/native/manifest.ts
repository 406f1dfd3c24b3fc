import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `flatbit native install` writes into the folder of an engine that is whole. */
export interface EngineManifest {
  /** Version of TensorFlow that it computes with. */
  readonly tensorflow: string;
  /** Whether it was installed for a GPU. */
  readonly gpu: boolean;
  /** What TensorFlow came from: `npm`, or the name of the Python wheel. */
  readonly source: string;
}

/** Name of that file. */
export const manifestName = 'flatbit-engine.json';

/** The manifest in a native folder, or `undefined` if there is none that can be read. */
export function readManifest(folder: string): EngineManifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, manifestName), 'utf8')) as EngineManifest;
  } catch {
    return undefined;
  }
}
