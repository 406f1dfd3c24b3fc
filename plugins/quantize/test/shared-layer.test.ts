import {
  calibrate,
  createTraining,
  fixedBits,
  softmaxCrossEntropy,
  TrainingState,
  type Batch,
  type Training,
} from '@flatbit/core';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { liqQuantizer, minMaxQuantizer, type Quantizer } from '@flatbit/quantizers';
import {
  expectClose,
  expectNoTensorLeak,
  plainSgd,
  takeSteps,
  testEngine,
  tinyBatches,
  tinyModel,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

type Call = (value: tf.Tensor) => tf.Tensor;

/** The tiny model, whose first layer is called with several values; the last of them goes on. */
function sharedTraining(quantizer: Quantizer, calls: readonly Call[]): Training {
  const model = tinyModel();
  return createTraining({
    model: {
      ...model,
      forward: (inputs, pass, read) =>
        model.forward(inputs, pass, (operand, value) =>
          operand.key === 'dense1/input:0'
            ? calls.map((call) => read(operand, call(value))).at(-1)!
            : read(operand, value),
        ),
    },
    loss: softmaxCrossEntropy,
    optimizer: plainSgd(0),
    plugins: [quantizePlugin({ quantizer, bits: fixedBits(4) })],
  });
}

function values(training: Training, ...names: readonly string[]): number[] {
  return names.map((name) => training.variables.get(`dense1/input:0/${name}`)!.variable.dataSync()[0]!);
}

const small: Call = (value) => value.abs();
const large: Call = (value) => value.abs().mul(-3);

describe('the range of a shared layer', () => {
  let batch: Batch;
  before(async () => {
    await tf.setBackend(testEngine);
    batch = { inputs: [tf.tensor2d([[1, 2, -1, 0.5]])], targets: [tf.tensor1d([1], 'int32')], size: 1 };
  });
  after(() => tf.dispose([[...batch.inputs], [...batch.targets]]));

  for (const [order, calls] of Object.entries({
    'the widest last': [small, large],
    'the widest first': [large, small],
    'the widest between': [small, large, small],
  })) {
    it(`starts from all its calls, ${order}`, async () => {
      const training = sharedTraining(liqQuantizer({ start: { maxAbs: 1 } }), calls);
      await expectNoTensorLeak(() => calibrate(training, batch));
      // Magnitudes up to 2, and up to 3 · 2 below zero.
      expect(values(training, 'clipValue')).to.deep.equal([6]);
      const state = new TrainingState();
      await training.hooks.collectState.promise(state);
      expect(state.section('quantize').values).to.deep.equal({ signedActivations: ['dense1/input:0'] });
      training.dispose();
    });

    it(`is observed in all its calls, ${order}`, async () => {
      const training = sharedTraining(minMaxQuantizer({ momentum: 0 }), calls);
      await calibrate(training, batch);
      // From −3 · 2 up to 2.
      expectClose(values(training, 'min', 'max'), [-6, 2]);
      let largest = 0;
      for await (const { inputs } of tinyBatches({ examples: 8 }).batches({ epoch: 0 }))
        largest = Math.max(...inputs[0]!.dataSync().map(Math.abs));
      await takeSteps(training, tinyBatches({ examples: 8 }), 1);
      expectClose(values(training, 'min', 'max'), [-3 * largest, largest]);
      training.dispose();
    });
  }
});
