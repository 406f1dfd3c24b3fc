import * as tf from '@tensorflow/tfjs';
import { registerTensorflowKernels } from '@flatbit/kernels';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { activate } from '../engines/activate.js';
import type { LoadedEngine } from '../engines/loader.js';
import { nativeCandidates, type NativeCandidate } from './native-candidates.js';
import { builtOps } from './native-ops.js';
import { refuseTruncated } from './refuse-truncated.js';
import { requireTfjsNode } from './require-tfjs-node.js';

/** tfjs-node's backend. */
export interface NativeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

/**
 * Loads native TensorFlow from the first place that has one that works, and selects it.
 * @throws Error of one line: what each place lacks.
 */
export async function startNativeEngine(): Promise<LoadedEngine> {
  const candidates = nativeCandidates();
  if (candidates.length === 0) throw new Error('it is not installed (npx flatbit native install)');
  const reasons: string[] = [];
  for (const candidate of candidates) {
    try {
      return await startEngine(candidate);
    } catch (error) {
      reasons.push(`${candidate.label}: ${(error as Error).message.split('\n', 1)[0]}`);
    }
  }
  throw new Error(reasons.join('; '));
}

/** Starts one tfjs-node; one that fails leaves neither a backend nor kernels behind. */
export async function startEngine({ folder, nativeFolder }: NativeCandidate): Promise<LoadedEngine> {
  refuseSecondCore(folder);
  refuseTruncated(folder);
  // Its remarks at the start, for one that this processor could do more; warnings and errors stay.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  const previous = tf.getBackend() as string | null;
  try {
    requireTfjsNode(folder);
    await activate('tensorflow');
  } catch (error) {
    forgetBackend();
    if (previous) await tf.setBackend(previous);
    throw error;
  }
  const customOps = registerKernels(nativeFolder && builtOps(nativeFolder));
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend;
  const { version } = createRequire(import.meta.url)(join(folder, 'package.json')) as { version: string };
  return {
    version: `${version} (TensorFlow ${binding.TF_Version})`,
    // TensorFlow takes all processors unless this variable says otherwise.
    threads: Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism(),
    customOps,
    ...(isUsingGpuDevice && { gpu: 'CUDA' }),
  };
}

/** A tfjs-node that finds a TF.js of its own would register its backend there, unseen. */
function refuseSecondCore(folder: string): void {
  const own = createRequire(join(folder, 'package.json')).resolve('@tensorflow/tfjs');
  const ours = createRequire(import.meta.url).resolve('@tensorflow/tfjs');
  if (own !== ours) throw new Error(`it brings a copy of TF.js of its own, ${own}; keep one, ${ours}`);
}

/**
 * Registers the training kernels, with the compiled ops where the engine has them.
 * @returns whether it has.
 */
function registerKernels(ops: string | undefined): boolean {
  try {
    registerTensorflowKernels({ ops });
    return ops !== undefined;
  } catch (error) {
    // TensorFlow's own ops do what they can.
    console.warn(
      `flatbit: ${ops} does not load (${(error as Error).message}); npx flatbit native install compiles it anew`,
    );
    return false;
  }
}

function forgetBackend(): void {
  for (const { kernelName } of tf.getKernelsForBackend('tensorflow'))
    tf.unregisterKernel(kernelName, 'tensorflow');
  if (tf.findBackendFactory('tensorflow') as unknown) tf.removeBackend('tensorflow');
}
