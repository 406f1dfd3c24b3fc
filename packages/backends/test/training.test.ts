import * as tf from '@tensorflow/tfjs';
import { selectEngine, type EngineName } from '@flatbit/backends';
import { expectClose, expectNoTensorLeak, seededRandom, seededValues } from '@flatbit/testing';

describe('a convolutional network', () => {
  after(() => selectEngine('cpu'));

  it('trains on wasm as on cpu', async () => {
    const train = async (engine: EngineName) => {
      await selectEngine(engine);
      const random = seededRandom(5);
      const draw = (shape: number[]) => tf.tensor(seededValues(random, tf.util.sizeFromShape(shape)), shape);
      const model = tf.sequential({
        layers: [
          tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
          tf.layers.batchNormalization(),
          tf.layers.reLU(),
          tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
          tf.layers.globalAveragePooling2d({}),
          tf.layers.dense({ units: 3, activation: 'softmax' }),
        ],
      });
      // Among the weights is a variance, which is to be positive.
      const weights = tf.tidy(() => model.getWeights().map((weight) => draw(weight.shape).mul(0.4).add(0.5)));
      model.setWeights(weights);
      tf.dispose(weights);
      model.compile({ optimizer: tf.train.momentum(0.1, 0.9), loss: 'categoricalCrossentropy' });
      const x = draw([6, 8, 8, 1]);
      const y = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3).toFloat();
      for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
      await expectNoTensorLeak(() => model.trainOnBatch(x, y));
      const trained = model.getWeights().map((weight) => weight.dataSync());
      model.dispose();
      tf.dispose([x, y]);
      return trained;
    };
    const expected = await train('cpu');
    const actual = await train('wasm');
    expected.forEach((weight, index) => {
      expectClose(actual[index]!, weight, { relative: 1e-3 });
    });
  });
});
