import {
  accuracy,
  createTraining,
  softmaxCrossEntropy,
  type Training,
  type TrainingPlugin,
} from '@flatbit/core';
import { quantizable } from '@flatbit/layers';
import { sgd } from '@flatbit/optimizers';
import * as tf from '@tensorflow/tfjs';

const { layers, initializers } = tf;

/** A tf.LayersModel with a convolution, batch norm and dropout for `tinyBatches`; `dispose` frees it too. */
export function layersTraining(
  plugins: readonly TrainingPlugin[],
  { seed }: { readonly seed: number },
): Training {
  const kernelInitializer = (offset: number) =>
    initializers.randomNormal({ seed: 10 * seed + offset, stddev: 0.5 });
  const network = tf.sequential({
    layers: [
      layers.reshape({ name: 'image', targetShape: [2, 2, 1], inputShape: [4] }),
      layers.conv2d({
        name: 'conv',
        filters: 3,
        kernelSize: 2,
        padding: 'same',
        useBias: false,
        kernelInitializer: kernelInitializer(1),
      }),
      layers.batchNormalization({ name: 'norm' }),
      layers.reLU({ name: 'relu' }),
      layers.flatten({ name: 'flat' }),
      layers.dropout({ name: 'dropout', rate: 0.25 }),
      layers.dense({ name: 'logits', units: 2, kernelInitializer: kernelInitializer(2) }),
    ],
  });
  const training = createTraining({
    // The masks are a setting of the run, not a state of it.
    model: quantizable(network, { seed: 1 }),
    loss: softmaxCrossEntropy,
    metrics: { accuracy },
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
    plugins,
    warn: () => {},
  });
  return {
    ...training,
    dispose() {
      training.dispose();
      network.dispose();
    },
  };
}
