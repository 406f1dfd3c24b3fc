import { selectEngine, type EngineName } from '@flatbit/backends';
import { accuracy, createTraining, evaluate, fit, softmaxCrossEntropy } from '@flatbit/core';
import { batchSource, channelStatistics, digits, splitDataset } from '@flatbit/data';
import { layerPolicy, quantizable } from '@flatbit/layers';
import { smallCnn } from '@flatbit/models';
import { sgd } from '@flatbit/optimizers';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { cosine, schedulePlugin } from '@flatbit/plugin-schedule';
import { liqQuantizer, type Quantizer } from '@flatbit/quantizers';
import * as tf from '@tensorflow/tfjs';
import { pathToFileURL } from 'node:url';

/** A quantizer of one's own: every weight becomes zero or a power of two times the largest, so that hardware can shift. */
const powersOfTwo: Quantizer = {
  name: 'powersOfTwo',
  // Nothing is learned and nothing observed: the range is that of the value itself.
  parameters: () => [],
  initialize: () => ({}),
  fakeQuantize: (value, _parameters, { bits }) => straightThrough(value, (x) => snap(x, bits)),
};

/** One bit is the sign, one code is zero, the others are exponents 0, -1, -2, … */
function snap(value: tf.Tensor, bits: number): tf.Tensor {
  const lowest = 2 - 2 ** (bits - 1);
  const largest = tf.maximum(value.abs().max(), 1e-8);
  const exponent = value.abs().div(largest).log().div(Math.LN2).round();
  const kept = exponent.greaterEqual(lowest).toFloat();
  return tf.pow(2, tf.maximum(exponent, lowest)).mul(kept).mul(largest).mul(value.sign());
}

/** The forward pass of `f` with the gradient 1. */
function straightThrough(value: tf.Tensor, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  return tf.customGrad((x) => ({ value: f(x as tf.Tensor), gradFunc: (dy) => dy }))(value);
}

export interface MainOptions {
  readonly bits?: number;
  readonly epochs?: number;
  /** Training images of the 10,000. */
  readonly train?: number;
  /** Channels of the network's first convolution. */
  readonly width?: number;
  readonly seed?: number;
  readonly backend?: EngineName;
  readonly print?: (text: string) => void;
}

/** Trains the digits with a quantizer of one's own, without a container and without files; returns the test accuracy. */
export async function main(options: MainOptions = {}): Promise<number> {
  const { bits = 4, epochs = 2, train = 8000, width = 16, seed = 1, backend, print = console.log } = options;
  await selectEngine(backend);

  const parts = splitDataset(digits(), { train, test: 1000 });
  const normalize = channelStatistics(parts.train);
  const batches = batchSource(parts.train, { batchSize: 32, seed, normalize });
  const test = batchSource(parts.test, { batchSize: 100, shuffle: false, normalize });

  const network = smallCnn({ width, seed });
  const training = createTraining({
    model: quantizable(network, { seed }),
    loss: softmaxCrossEntropy,
    metrics: { accuracy },
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
    plugins: [
      schedulePlugin(cosine({ epochs })),
      quantizePlugin({
        quantizer: { weight: powersOfTwo, activation: liqQuantizer() },
        bits: layerPolicy({
          weights: bits,
          activations: bits,
          first: { activations: 32 },
          last: { activations: 32 },
        }),
      }),
    ],
  });
  try {
    await fit(training, batches, { epochs });
    const share = (await evaluate(training, test)).metrics['accuracy']!;
    print(`powers of two at ${bits} bits: ${(100 * share).toFixed(1)} % of the test images are right`);
    return share;
  } finally {
    training.dispose();
    network.dispose();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) await main();
