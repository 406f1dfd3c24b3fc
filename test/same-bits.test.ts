import { selectEngine, type EngineName } from '@flatbit/backends';
import { createTraining, readStep, softmaxCrossEntropy, trainStep } from '@flatbit/core';
import { paperPolicy, quantizable } from '@flatbit/layers';
import { smallCnn } from '@flatbit/models';
import { sgd } from '@flatbit/optimizers';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { samPlugin } from '@flatbit/plugin-sam';
import { liqQuantizer } from '@flatbit/quantizers';
import {
  expectSameVariables,
  readVariables,
  seededRandom,
  seededValues,
  testEngines,
  type VariableValues,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

/** Variables and slots after two SAQ steps on tensors that are large enough to be shared among threads. */
async function train(): Promise<VariableValues> {
  const network = smallCnn({ width: 8, seed: 1 });
  const training = createTraining({
    model: quantizable(network),
    loss: softmaxCrossEntropy,
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    plugins: [quantizePlugin({ quantizer: liqQuantizer(), bits: paperPolicy(4) }), samPlugin({ rho: 0.05 })],
  });
  training.position.calibrated = true;
  const size = 64;
  const batch = {
    inputs: [tf.tensor(seededValues(seededRandom(3), size * 28 * 28), [size, 28, 28, 1])],
    targets: [
      tf.tensor1d(
        Array.from({ length: size }, (_, index) => (7 * index) % 10),
        'int32',
      ),
    ],
    size,
  };
  for (let step = 0; step < 2; step += 1) await readStep(trainStep(training, batch));
  const variables = await readVariables(training);
  training.dispose();
  network.dispose();
  tf.dispose([batch.inputs, batch.targets]);
  return variables;
}

describe('two trainings from one seed', () => {
  for (const engine of testEngines.filter((name) => name !== 'cpu')) {
    it(`end at the same bits on ${engine}, however its threads run`, async () => {
      await selectEngine(engine as EngineName);
      const first = await train();
      for (let again = 0; again < 3; again += 1) expectSameVariables(await train(), first);
    });
  }
});
