import { assemble } from './assemble.js';
import { load, store } from './instructions.js';

declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

/** Whether this machine's WebAssembly has vectors of four floats; TF.js's flag says so only once its engine has started. */
export function hasSimd(): boolean {
  const copiesFour = assemble(['from', 'to'], ({ parameters: { from, to } }) => [
    store(to.value, 0, load(from.value, 0)),
  ]);
  return WebAssembly.validate(copiesFour('own'));
}
