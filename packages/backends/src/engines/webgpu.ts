import * as tf from '@tensorflow/tfjs';
import { registerWebgpuKernels } from '@flatbit/kernels';
import { activate } from './activate.js';
import { importOptional } from './import-optional.js';
import type { EngineLoader } from './loader.js';

/**
 * A graphics processor by WebGPU: the browser's, or in Node that of the package `webgpu` (Dawn). Users bring the packages. A driver
 * that computes on the processor (SwiftShader, llvmpipe) is for tests, slower than `wasm`: it is taken when asked for by name.
 */
export const loadWebgpu: EngineLoader = async (named) => {
  const gpu = host.navigator?.gpu ?? (await provideGpu());
  const adapter = await requestAdapter(gpu);
  if (adapter === null) throw new Error('WebGPU finds no graphics processor');
  const name = nameOf(adapter.info);
  if (!named && isSoftware(adapter.info)) {
    throw new Error(`${name} computes on the processor; it is taken only when asked for by name`);
  }
  await importOptional<object>('@tensorflow/tfjs-backend-webgpu');
  registerWebgpuKernels();
  await activate('webgpu');
  return { version: tf.version_core, threads: 1, gpu: name };
};

/** https://www.w3.org/TR/webgpu/#gpuadapterinfo; a browser may leave any of it empty. */
interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

interface Gpu {
  requestAdapter(): Promise<{ readonly info?: AdapterInfo } | null>;
}

/** The package `webgpu`. */
interface Dawn {
  readonly globals: object;
  create(flags: readonly string[]): Gpu;
}

const host = globalThis as { navigator?: { gpu?: Gpu } };

/** Dawn throws where a browser answers null. */
async function requestAdapter(gpu: Gpu): ReturnType<Gpu['requestAdapter']> {
  return gpu.requestAdapter().catch(() => null);
}

function isSoftware({ isFallbackAdapter, architecture, description }: AdapterInfo = {}): boolean {
  return (
    isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${architecture} ${description}`)
  );
}

function nameOf({ vendor, architecture, description }: AdapterInfo = {}): string {
  return (
    [vendor, architecture, description].filter(Boolean).join(' ') || 'a graphics processor without a name'
  );
}

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
