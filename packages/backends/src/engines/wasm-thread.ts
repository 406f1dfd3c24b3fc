import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// A thread of the engine's threaded build: runs the script that the package ships for it as text, with what a CommonJS
// script finds in Node.
const require = createRequire(import.meta.url);
Object.assign(globalThis, { require, __filename: fileURLToPath(import.meta.url) });
const { wasmWorkerContents } =
  require('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js') as {
    readonly wasmWorkerContents: string;
  };
// Its line feeds stand for the escape sequence inside a string.
(0, eval)(wasmWorkerContents.replaceAll('\n', '\\n'));
