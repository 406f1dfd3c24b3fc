import * as tf from '@tensorflow/tfjs';
import { activate } from './activate.js';
import { importOptional } from './import-optional.js';
import type { EngineLoader } from './loader.js';

/** What both packages of native TensorFlow export that is used here. */
interface NativePackage {
  readonly version?: Readonly<Record<string, string>>;
}

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** Native TensorFlow, on a GPU where that package is installed. Neither package is a dependency: users bring one. */
export const loadTensorflow: EngineLoader = async () => {
  const reasons: string[] = [];
  for (const packageName of packages) {
    try {
      const { version } = await importOptional<NativePackage>(packageName);
      if (!(tf.findBackendFactory('tensorflow') as unknown)) {
        throw new Error(`${packageName} has brought a copy of @tensorflow/tfjs-core of its own`);
      }
      await activate('tensorflow');
      return { version: describeVersion(version?.['tfjs-node']), threads: await threadCount() };
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new Error(reasons.join('; '));
};

function describeVersion(packageVersion = tf.version_core): string {
  const { binding } = tf.backend() as { binding?: { TF_Version?: string } };
  return binding?.TF_Version ? `${packageVersion} (TensorFlow ${binding.TF_Version})` : packageVersion;
}

/** TensorFlow takes all processors unless this variable says otherwise. */
async function threadCount(): Promise<number> {
  const { availableParallelism } = await import('node:os');
  return Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism();
}
