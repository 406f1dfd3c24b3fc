import { assemble } from './assemble.js';
import { load, store } from './instructions.js';

declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

let known: boolean | undefined;

/** Whether this machine's WebAssembly has vectors of four floats, whatever TF.js is told to use of it (`WASM_HAS_SIMD_SUPPORT`). */
export function hasSimd(): boolean {
  return (known ??= WebAssembly.validate(copyFour('own')));
}

const copyFour = assemble(['from', 'to'], ({ parameters: { from, to } }) => [
  store(to.value, 0, load(from.value, 0)),
]);
