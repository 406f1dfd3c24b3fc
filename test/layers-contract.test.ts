import { selectEngine, type EngineName } from '@flatbit/backends';
import { createTraining, readStep, softmaxCrossEntropy, trainStep, type TrainingPlugin } from '@flatbit/core';
import { paperPolicy, quantizable } from '@flatbit/layers';
import { smallCnn } from '@flatbit/models';
import { sgd } from '@flatbit/optimizers';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { samPlugin } from '@flatbit/plugin-sam';
import { liqQuantizer } from '@flatbit/quantizers';
import {
  expectSameVariables,
  pluginContract,
  readVariables,
  takeSteps,
  testEngines,
  tinyBatches,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { layersTraining } from './layers-training.js';
import { plugins } from './plugins.js';

const method = (): readonly TrainingPlugin[] => [plugins['quantize']!(), samPlugin({ rho: 0.05 })];

// Without a named engine the one that most will train on.
const engine = testEngines.at(-1) as EngineName;

describe(`a tf.LayersModel on ${engine}`, () => {
  before(async () => void (await selectEngine(engine)));

  for (const [name, makePlugin] of Object.entries(plugins)) {
    pluginContract(`${name}, on a tf.LayersModel`, makePlugin, {
      backend: engine,
      makeTraining: layersTraining,
    });
  }

  it('holds as many tensors after 200 SAQ steps as after the first', async () => {
    const network = smallCnn({ width: 2, seed: 1 });
    const training = createTraining({
      model: quantizable(network),
      loss: softmaxCrossEntropy,
      optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
      plugins: [
        quantizePlugin({ quantizer: liqQuantizer(), bits: paperPolicy(2) }),
        samPlugin({ rho: 0.05 }),
      ],
    });
    const batch = {
      inputs: [tf.randomNormal([4, 28, 28, 1], 0, 1, 'float32', 1)],
      targets: [tf.tensor1d([0, 1, 2, 3], 'int32')],
      size: 4,
    };
    training.position.calibrated = true;
    await readStep(trainStep(training, batch));
    const { numTensors, numDataBuffers } = tf.memory();
    for (let step = 0; step < 200; step += 1) await readStep(trainStep(training, batch));
    expect(tf.memory()).to.include({ numTensors, numDataBuffers });
    training.dispose();
    tf.dispose([batch.inputs, batch.targets]);
    network.dispose();
  });

  it('has every weight, statistic and slot as it was, bit for bit, after a second pass that throws', async () => {
    let failing = false;
    const bomb: TrainingPlugin = {
      name: 'bomb',
      apply: ({ operand }) =>
        void operand.tap({ name: 'bomb', stage: 300 }, (value, { key }, { phase }) => {
          if (failing && phase === 'perturbed' && key === 'logits/kernel') throw new Error('second pass');
          return value;
        }),
    };
    const training = layersTraining([...method(), bomb], { seed: 1 });
    await takeSteps(training, tinyBatches(), 3);
    const before = await readVariables(training);
    failing = true;
    const error: unknown = await takeSteps(training, tinyBatches(), 1).catch((caught: unknown) => caught);
    expect((error as Error).message).to.equal('plugin "bomb", hook "operand": second pass');
    expectSameVariables(await readVariables(training), before);
    expect(training.position.step).to.equal(3);
    training.dispose();
  });
});
