import * as tf from '@tensorflow/tfjs';
import { activate } from './activate.js';
import type { EngineLoader } from './loader.js';

/** Plain JavaScript. It is slow, and everywhere. */
export const loadCpu: EngineLoader = async () => {
  await activate('cpu');
  // On its first use in Node this backend prints an advertisement.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  return { version: tf.version['tfjs-backend-cpu'], threads: 1 };
};
