import type { Batch } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

/** A batch of standard normal images and uniform labels for a classifier; the same for every case. */
export function randomBatch(model: tf.LayersModel, size: number): Batch {
  const imageShape = model.inputs[0]!.shape.slice(1) as number[];
  const classes = model.outputs[0]!.shape.at(-1)!;
  return {
    inputs: [tf.randomNormal([size, ...imageShape], 0, 1, 'float32', 1)],
    targets: [tf.randomUniform([size], 0, classes, 'int32', 2)],
    size,
  };
}
