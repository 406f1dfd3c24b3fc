import * as tf from '@tensorflow/tfjs';

// What of WebAssembly is used here: browsers and Node have it, the language's own library does not describe it.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
    imports: Record<string, Record<string, object>>,
  ) => { readonly exports: { readonly run: Run } };
};

/** A function on the engine's memory; addresses and counts are integers. */
export type Run = (...parameters: number[]) => void;

/** Functions by the memory that they work on: an engine that was started again has another. */
const linked = new WeakMap<object, Map<string, Run>>();

/**
 * Makes an assembled function work on the memory of the current `wasm` engine, once for each name.
 * `undefined` when that cannot be: the threaded build keeps its memory to itself, and old machines have no SIMD.
 */
export function link(functionName: string, assembled: () => Uint8Array): Run | undefined {
  const memory = engineMemory();
  if (memory === undefined) return undefined;
  const functions = linked.get(memory) ?? new Map<string, Run>();
  linked.set(memory, functions);
  let run = functions.get(functionName);
  if (run === undefined) {
    const module = new WebAssembly.Module(assembled());
    run = new WebAssembly.Instance(module, { engine: { memory } }).exports.run;
    functions.set(functionName, run);
  }
  return run;
}

function engineMemory(): object | undefined {
  const { wasm } = tf.backend() as unknown as { wasm: { asm?: { memory?: object } } };
  return tf.env().getBool('WASM_HAS_SIMD_SUPPORT') ? wasm.asm?.memory : undefined;
}
