import { selectEngine } from '@flatbit/backends';
import {
  calibrate,
  createTraining,
  OperandStage,
  readStep,
  softmaxCrossEntropy,
  trainStep,
  type TrainingPlugin,
} from '@flatbit/core';
import { paperPolicy, quantizable } from '@flatbit/layers';
import { mobilenetV2Cifar } from '@flatbit/models';
import { sgd } from '@flatbit/optimizers';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { samPlugin } from '@flatbit/plugin-sam';
import { liqQuantizer } from '@flatbit/quantizers';
import { seededRandom, seededValues } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

describe('MobileNetV2 at 4 bits', () => {
  before(() => selectEngine('wasm'));
  after(() => selectEngine('cpu'));

  it('trains on wasm, with signed inputs behind linear bottlenecks and unsigned ones behind ReLUs', async () => {
    const ranges = new Map<string, { readonly smallest: number; readonly largest: number }>();
    const spy: TrainingPlugin = {
      name: 'spy',
      apply({ operand }) {
        operand.tap({ name: 'spy', stage: OperandStage.observe }, (value, { key, role }, { phase }) => {
          if (role === 'activation' && phase === 'clean') {
            const [smallest, largest] = tf.tidy(() => [
              value.min().dataSync()[0]!,
              value.max().dataSync()[0]!,
            ]);
            ranges.set(key, { smallest, largest });
          }
          return value;
        });
      },
    };
    const tensors = tf.memory().numTensors;
    const network = mobilenetV2Cifar({ width: 4, inputShape: [16, 16, 3], classes: 4, seed: 1 });
    const trainingWith = (plugins: readonly TrainingPlugin[], learningRate: number) =>
      createTraining({
        model: quantizable(network),
        loss: softmaxCrossEntropy,
        optimizer: sgd({ learningRate, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
        plugins,
      });
    const images = seededValues(seededRandom(3), 8 * 16 * 16 * 3);
    const batch = {
      inputs: [tf.tensor(images, [8, 16, 16, 3])],
      targets: [tf.tensor1d([0, 1, 2, 3, 0, 1, 2, 3], 'int32')],
      size: 8,
    };
    // As in the paper: in full precision first, so that batch statistics are those of the data when clip values start.
    const float = trainingWith([], 0.02);
    for (let step = 0; step < 10; step += 1) await readStep(trainStep(float, batch));
    float.dispose();

    const plugins = [
      quantizePlugin({ quantizer: liqQuantizer(), bits: paperPolicy(4) }),
      samPlugin({ rho: 0.05 }),
      spy,
    ];
    const training = trainingWith(plugins, 0.002);
    await calibrate(training, batch);
    const losses: number[] = [];
    for (let step = 0; step < 4; step += 1) losses.push((await readStep(trainStep(training, batch))).loss);

    expect(losses.every(Number.isFinite), losses.join()).to.equal(true);
    for (const [key, { smallest, largest }] of ranges) {
      // A clip value far from the data would make everything one level.
      expect(largest, key).to.be.above(smallest);
      if (/(depthwise|project|dense)\/input:0$/.test(key)) expect(smallest, key).to.be.at.least(0);
    }
    for (const layer of ['stage3/block2/expand', 'stage5/block1/shortcut', 'head'])
      expect(ranges.get(`${layer}/input:0`)!.smallest, layer).to.be.below(0);
    training.dispose();
    network.dispose();
    tf.dispose([batch.inputs, batch.targets]);
    expect(tf.memory().numTensors).to.equal(tensors);
  });
});
