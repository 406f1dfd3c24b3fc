import * as tf from '@tensorflow/tfjs';
import { expectClose, expectNoTensorLeak } from '@flatbit/testing';
import { useEngine, valuesOf } from './engines.js';

/** Layers under a model's head, by what the test says of them. */
const stacks: Record<string, { inputShape: number[]; layers: () => tf.layers.Layer[]; indices?: number }> = {
  'convolutions, batch norm and pooling': {
    inputShape: [8, 8, 2],
    layers: () => [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
      tf.layers.batchNormalization({}),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
      tf.layers.averagePooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
    ],
  },
  'depthwise and separable convolutions': {
    inputShape: [7, 7, 2],
    layers: () => [
      tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same' }),
      tf.layers.reLU({ maxValue: 6 }),
      tf.layers.separableConv2d({ filters: 3, kernelSize: 3, padding: 'same' }),
      tf.layers.globalAveragePooling2d({}),
    ],
  },
  'transposed convolutions, upsampling, padding and cropping': {
    inputShape: [4, 4, 2],
    layers: () => [
      tf.layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
      tf.layers.zeroPadding2d({ padding: 1 }),
      tf.layers.cropping2D({
        cropping: [
          [1, 0],
          [0, 1],
        ],
      }),
      tf.layers.globalMaxPooling2d({}),
    ],
  },
  'one-dimensional convolutions': {
    inputShape: [9, 2],
    layers: () => [
      tf.layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh' }),
      tf.layers.maxPooling1d({ poolSize: 2 }),
      tf.layers.globalAveragePooling1d(),
    ],
  },
  'three-dimensional convolutions': {
    inputShape: [4, 5, 4, 2],
    layers: () => [
      tf.layers.conv3d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'elu' }),
      tf.layers.maxPooling3d({ poolSize: 2, padding: 'same' }),
      tf.layers.flatten(),
    ],
  },
  'an embedding and an LSTM': {
    inputShape: [5],
    indices: 7,
    layers: () => [
      tf.layers.embedding({ inputDim: 7, outputDim: 4 }),
      tf.layers.lstm({ units: 3, returnSequences: true }),
      tf.layers.gru({ units: 3 }),
    ],
  },
  'normalisation, activations and dense layers': {
    inputShape: [6],
    layers: () => [
      tf.layers.dense({ units: 8, activation: 'selu' }),
      tf.layers.layerNormalization({}),
      tf.layers.leakyReLU({ alpha: 0.1 }),
      tf.layers.dense({ units: 6, activation: 'softplus' }),
      tf.layers.prelu({}),
      tf.layers.dense({ units: 5, activation: 'hardSigmoid' }),
    ],
  },
};

describe('stock tf.LayersModel training on wasm', () => {
  after(() => useEngine('cpu'));

  for (const [name, { inputShape, layers, indices }] of Object.entries(stacks)) {
    it(`moves the weights of ${name} as on cpu`, async () => {
      const train = async (engine: 'cpu' | 'wasm') => {
        await useEngine(engine);
        const [first, ...rest] = layers();
        const input = tf.input({ shape: inputShape });
        const top = [...rest, tf.layers.dense({ units: 3, activation: 'softmax' })].reduce(
          (value, layer) => layer.apply(value) as tf.SymbolicTensor,
          first!.apply(input) as tf.SymbolicTensor,
        );
        const model = tf.model({ inputs: input, outputs: top });
        model.setWeights(
          model.getWeights().map((weight, index) =>
            // Variances are to be positive.
            tf
              .tensor(valuesOf(weight.shape, index + 10), weight.shape)
              .mul(0.5)
              .add(0.6),
          ),
        );
        model.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' });
        const values = tf.tensor(valuesOf([6, ...inputShape]), [6, ...inputShape]);
        const x =
          indices === undefined
            ? values
            : values
                .add(1)
                .mul(indices / 2)
                .floor();
        const y = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3).toFloat();
        for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
        await expectNoTensorLeak(() => model.trainOnBatch(x, y));
        return model.getWeights().map((weight) => weight.dataSync());
      };
      const expected = await train('cpu');
      const actual = await train('wasm');
      expected.forEach((weight, index) => {
        expectClose(actual[index]!, weight, { relative: 1e-3 });
      });
    });
  }
});
