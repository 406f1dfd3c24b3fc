import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';

/** Multiply-accumulates of one image, by layer, read from the shapes alone. */
export function macsByLayer(model: tf.LayersModel): Map<string, number> {
  const macs = new Map<string, number>();
  for (const layer of model.layers) {
    const kernel = layer.weights.find(({ originalName }) => originalName.endsWith('kernel'))
      ?.shape as number[];
    const output = layer.outputShape as number[];
    // A depthwise kernel is [h, w, channels, 1]: its product is the multiply-accumulates of one place, too.
    if (['Conv2D', 'DepthwiseConv2D'].includes(layer.getClassName())) {
      macs.set(layer.name, output[1]! * output[2]! * kernel.reduce((a, b) => a * b));
    } else if (layer.getClassName() === 'Dense') {
      macs.set(
        layer.name,
        kernel.reduce((a, b) => a * b),
      );
    }
  }
  return macs;
}

/** Number of values in the weights that are trained. */
export function trainableParameters(model: tf.LayersModel): number {
  return model.trainableWeights.reduce((count, { shape }) => count + shape.reduce((a, b) => a! * b!, 1)!, 0);
}

export function total(macs: ReadonlyMap<string, number>): number {
  return [...macs.values()].reduce((a, b) => a + b, 0);
}

export function weightValues(model: tf.LayersModel): number[][] {
  return model.getWeights().map((weight) => Array.from(weight.dataSync()));
}

/** Moves every gamma, beta and moving statistic away from 0 and 1, so that a batch norm left out would show. */
export function stirBatchNorms(model: tf.LayersModel): void {
  let seed = 1;
  for (const layer of model.layers.filter((candidate) => candidate.getClassName() === 'BatchNormalization')) {
    const shape = layer.getWeights()[0]!.shape;
    const values = [0.5, -0.4, -0.3, 0.6].map((low) =>
      tf.randomUniform(shape, low, low + 1, 'float32', seed++),
    );
    layer.setWeights(values);
    tf.dispose(values);
  }
}

/** An image of values in [-1, 1) that no two pixels share by design. */
export function testImage(shape: [number, number, number], seed: number): tf.Tensor4D {
  return tf.randomUniform([1, ...shape], -1, 1, 'float32', seed);
}

/** The names of trainable weights that the loss gives no gradient, or none but zeros. */
export function weightsWithoutGradient(model: tf.LayersModel, image: tf.Tensor4D, classes: number): string[] {
  return tf.tidy(() => {
    const labels = tf.oneHot(tf.tensor1d([1], 'int32'), classes);
    const { grads } = tf.variableGrads(() => {
      const logits = model.apply(image, { training: true }) as tf.Tensor;
      return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
    });
    return model.trainableWeights
      .map(({ name }) => name)
      .filter((name) => !(grads[name]?.dataSync() ?? new Float32Array()).some((value) => value !== 0));
  });
}

/** Holds when both have the same length and every pair differs by at most the tolerance. */
export function assertClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => {
    assert.ok(
      Math.abs(value - expected[index]!) <= tolerance,
      `[${index}]: ${value} is not ${expected[index]}`,
    );
  });
}
