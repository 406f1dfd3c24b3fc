import * as tf from '@tensorflow/tfjs';
import { layerSeed } from './layer-seed.js';

/**
 * Adds a global average pool (`pool`) and a dense layer with bias (`dense`): `[batch, h, w, c]` to logits `[batch, classes]`.
 * The dense weights start uniform in `±1 / sqrt(c)`, the bias at zero.
 */
export function classifier(
  input: tf.SymbolicTensor,
  { classes, seed }: { readonly classes: number; readonly seed: number },
): tf.SymbolicTensor {
  const limit = 1 / Math.sqrt(input.shape.at(-1)!);
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(input);
  return tf.layers
    .dense({
      name: 'dense',
      units: classes,
      kernelInitializer: tf.initializers.randomUniform({
        minval: -limit,
        maxval: limit,
        seed: layerSeed(seed, 'dense'),
      }),
    })
    .apply(pooled) as tf.SymbolicTensor;
}
