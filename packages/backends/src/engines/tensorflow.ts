import * as tf from '@tensorflow/tfjs';
import type { EngineLoader } from './loader.js';

/** Native TensorFlow, on a GPU where that is installed. It runs in Node, and Node's modules are loaded there alone. */
export const loadTensorflow: EngineLoader = async () => {
  if (!tf.env().getBool('IS_NODE')) throw new Error('native TensorFlow runs in Node');
  const { startNativeEngine } = await import('../native/start-native-engine.js');
  return startNativeEngine();
};
