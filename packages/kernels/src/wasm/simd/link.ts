import * as tf from '@tensorflow/tfjs';
import type { Assembly } from './assemble.js';
import { hasSimd } from './has-simd.js';

// What of WebAssembly is used here: browsers and Node have it, the language's own library does not describe it.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
    imports: Record<string, Record<string, object>>,
  ) => { readonly exports: { readonly run: Run } };
};

interface Memory {
  readonly buffer: ArrayBufferLike;
}

/** A function on the engine's memory; addresses and counts are integers. */
export type Run = (...parameters: number[]) => void;

/** Functions by the memory that they work on: an engine that was started again has another. */
const linked = new WeakMap<object, Map<string, Run>>();

/**
 * Makes an assembled function work on the memory of the current `wasm` engine, once for each name.
 * `undefined` when that cannot be: where the engine keeps its memory to itself, and on old machines without SIMD.
 */
export function link(functionName: string, assembly: Assembly): Run | undefined {
  const memory = engineMemory();
  if (memory === undefined) return undefined;
  const functions = linked.get(memory) ?? new Map<string, Run>();
  linked.set(memory, functions);
  let run = functions.get(functionName);
  if (run === undefined) {
    const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
    const module = new WebAssembly.Module(assembly(shared ? 'shared' : 'own'));
    run = new WebAssembly.Instance(module, { engine: { memory } }).exports.run;
    functions.set(functionName, run);
  }
  return run;
}

/**
 * The same for a kernel that has no other form.
 * @throws Error when it cannot be.
 */
export function linkSurely(functionName: string, assembly: Assembly): Run {
  const run = link(functionName, assembly);
  if (run === undefined) throw new Error(`wasm engine: ${functionName} needs SIMD and the engine's memory`);
  return run;
}

/** The threaded build is given its memory, the others make their own. */
function engineMemory(): Memory | undefined {
  const { wasm } = tf.backend() as unknown as { wasm: { asm?: { memory?: Memory }; wasmMemory?: Memory } };
  return hasSimd() ? (wasm.wasmMemory ?? wasm.asm?.memory) : undefined;
}
