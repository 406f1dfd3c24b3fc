import type * as tf from '@tensorflow/tfjs';
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { workersToStart, type ModuleWorker } from './wasm-workers.js';

/** What is used of the threaded build's module, which the package ships but does not start in Node. */
interface ThreadedModule {
  readonly PThread: { readonly unusedWorkers: ModuleWorker[]; readonly runningWorkers: ModuleWorker[] };
  readonly cwrap: (name: string, returns: 'number' | null, takes: readonly 'number'[]) => unknown;
}

interface ModuleSettings {
  mainScriptUrlOrBlob: string;
  locateFile(file: string): string;
  instantiateWasm(imports: Imports, receive: (instance: object, module: object) => void): object;
}

interface Imports {
  readonly env: Record<string, unknown>;
}

declare const WebAssembly: {
  instantiate(binary: Uint8Array, imports: Imports): Promise<{ instance: object; module: object }>;
};

/**
 * Starts the threaded build of TF.js's `wasm` engine in Node, where its own loader does not: that hands blobs to its workers,
 * which Node's cannot run, and takes half the processors.
 * @param threads the main one included; 2 to `maxThreads`.
 * @returns the backend; its threads end with the process and do not keep it alive.
 * @throws Error when workers or shared memory cannot be had.
 */
export async function startThreadedWasm(threads: number): Promise<tf.KernelBackend> {
  const { readFile } = await import('node:fs/promises');
  const { createRequire } = await import('node:module');
  const { dirname, join } = await import('node:path');
  const require = createRequire(import.meta.url);
  const script = require.resolve('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js');
  const createModule = require(script) as (settings: ModuleSettings) => Promise<ThreadedModule>;
  const binary = await readFile(join(dirname(script), 'tfjs-backend-wasm-threaded-simd.wasm'));
  const workers = await workersToStart(threads - 1);

  const module = await new Promise<ThreadedModule>((resolve, reject) => {
    // The module becomes these settings, with all that it has itself.
    const settings: ModuleSettings & Partial<ThreadedModule> = {
      mainScriptUrlOrBlob: script,
      locateFile: (file) => (file.endsWith('.worker.js') ? workers.locate() : join(dirname(script), file)),
      instantiateWasm: (imports, receive) => {
        const half = 2;
        imports.env['emscripten_num_logical_cores'] = () => half * threads;
        void WebAssembly.instantiate(binary, imports).then(({ instance, module }) => {
          receive(instance, module);
          for (const worker of settings.PThread!.unusedWorkers) worker.onerror = reject;
        }, reject);
        return {};
      },
    };
    createModule(settings).then(resolve, reject);
  }).finally(workers.release);

  setThreadsCount(threads);
  const backend = new BackendWasm(Object.assign(module, { tfjs: registryOf(module) }) as never);
  for (const worker of module.PThread.runningWorkers) {
    worker.onerror = endProcess;
    worker.unref();
  }
  return backend;
}

/** A thread that is lost never finishes its part, and the main one would wait for ever. */
function endProcess(error: Error): never {
  throw error;
}

/** The functions by which the backend tells the module of its tensors, as TF.js's own loader binds them. */
function registryOf({ cwrap }: ThreadedModule): Readonly<Record<string, unknown>> {
  return {
    init: cwrap('init', null, []),
    initWithThreadsCount: cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: cwrap('get_threads_count', 'number', []),
    registerTensor: cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: cwrap('dispose_data', null, ['number']),
    dispose: cwrap('dispose', null, []),
  };
}
