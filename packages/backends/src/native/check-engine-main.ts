import * as tf from '@tensorflow/tfjs';
import { packageIn } from './native-folder.js';
import { startEngine, type NativeBackend } from './start-native-engine.js';

/** Program of `checkEngine`: the native folder, and an addon to load. */
const [folder, addon] = process.argv.slice(2);
const tfjsNode = packageIn(folder!);
if (!tfjsNode) throw new Error(`no tfjs-node in ${folder}`);
// Ops that are already in the folder stay out: TensorFlow takes a name once.
await startEngine({ folder: tfjsNode, label: tfjsNode });
if (addon) process.dlopen({ exports: {} }, addon);
const product = tf.tidy(() =>
  tf
    .matMul(
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    )
    .dataSync()
    .join(),
);
if (product !== '19,22,43,50') throw new Error(`it multiplies wrongly: ${product}`);
const { binding } = tf.backend() as unknown as NativeBackend;
process.stdout.write(JSON.stringify({ tensorflow: binding.TF_Version }));
