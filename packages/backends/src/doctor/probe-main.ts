import * as tf from '@tensorflow/tfjs';
import { selectEngine, type EngineName } from '../index.js';
import { convolutionRate } from './convolution-step.js';

/** Program of `doctor`: selects an engine, the named or the fastest, measures a named one, and prints one JSON object. */
const [name] = process.argv.slice(2) as [EngineName?];
const engine = await selectEngine(name);
const measured = name && {
  gigaflops: Number((await convolutionRate()).toPrecision(3)),
  ...(tf.getBackend() === 'wasm' && { simd: tf.env().getBool('WASM_HAS_SIMD_SUPPORT') ? 'simd128' : 'none' }),
};
process.stdout.write(JSON.stringify({ ...engine, ...measured }), () => {
  // An engine may hold the process up: Dawn's device does.
  process.exit();
});
