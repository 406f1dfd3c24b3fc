import * as tf from '@tensorflow/tfjs';
import { registerTensorflowKernels, type TensorflowKernelOptions } from '@flatbit/kernels';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { activate } from '../engines/activate.js';
import type { LoadedEngine } from '../engines/loader.js';
import { nativeCandidates, type NativeCandidate } from './native-candidates.js';
import { opsIn, opsManifest, opsSourceFolder } from './native-ops.js';
import { opsFiles } from './ops-files.js';
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
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend;
  const ops = nativeFolder && usableOps(nativeFolder, binding.TF_Version);
  const customOps = registerKernels({ ops, gpu: isUsingGpuDevice });
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

/** Path of the compiled ops, if they fit: ops of other sources would not be what the kernels call. */
function usableOps(nativeFolder: string, tensorflow: string): string | undefined {
  const state = opsIn(nativeFolder, opsManifest(tensorflow, opsSourceFolder()));
  if (state === 'other') warnOfOps('were compiled from other sources, or for another processor');
  return state === 'wanted' ? opsFiles(nativeFolder).addon : undefined;
}

/**
 * Registers the training kernels, with the compiled ops where there are any. Without, TensorFlow's own ops do what they can.
 * @returns whether the compiled ops are loaded.
 */
function registerKernels(options: TensorflowKernelOptions): boolean {
  try {
    registerTensorflowKernels(options);
    return options.ops !== undefined && !options.gpu;
  } catch (error) {
    warnOfOps(`do not load (${(error as Error).message})`);
    return false;
  }
}

function warnOfOps(what: string): void {
  console.warn(`flatbit: the fused ops ${what}; npx flatbit native install compiles them anew`);
}

function forgetBackend(): void {
  for (const { kernelName } of tf.getKernelsForBackend('tensorflow'))
    tf.unregisterKernel(kernelName, 'tensorflow');
  if (tf.findBackendFactory('tensorflow') as unknown) tf.removeBackend('tensorflow');
}
