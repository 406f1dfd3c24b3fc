import * as tf from '@tensorflow/tfjs';
import { registerWebgpuKernels } from '@flatbit/kernels';
import { activate } from './activate.js';
import { importOptional } from './import-optional.js';
import type { EngineLoader } from './loader.js';

/** A graphics processor by WebGPU: the browser's, or in Node that of the package `webgpu` (Dawn). Users bring the packages. */
export const loadWebgpu: EngineLoader = async () => {
  const gpu = host.navigator?.gpu ?? (await provideGpu());
  if ((await gpu.requestAdapter()) === null) throw new Error('WebGPU finds no graphics processor');
  await importOptional<object>('@tensorflow/tfjs-backend-webgpu');
  registerWebgpuKernels();
  await activate('webgpu');
  return { version: tf.version_core, threads: 1 };
};

interface Gpu {
  requestAdapter(): Promise<object | null>;
}

/** The package `webgpu`. */
interface Dawn {
  readonly globals: object;
  create(flags: readonly string[]): Gpu;
}

const host = globalThis as { navigator?: { gpu?: Gpu } };

/** Puts Dawn where a browser has its WebGPU: TF.js looks for it there when its backend is imported. */
async function provideGpu(): Promise<Gpu> {
  const { create, globals } = await importOptional<Dawn>('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([]);
  // Node 20 has no navigator; later ones have one that takes new properties.
  if (host.navigator) Object.defineProperty(host.navigator, 'gpu', { value: gpu });
  else Object.defineProperty(host, 'navigator', { value: { gpu }, configurable: true });
  return gpu;
}
