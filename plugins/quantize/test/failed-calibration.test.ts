import {
  calibrate,
  fixedBits,
  TrainingState,
  type Batch,
  type TrainingHooks,
  type TrainingPlugin,
} from '@flatbit/core';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { liqQuantizer } from '@flatbit/quantizers';
import { expectNoTensorLeak, testEngine, tinyTraining } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const quantizer = liqQuantizer({ start: { maxAbs: 1 } });
const key = 'dense1/input:0/clipValue';

function batchOf(...row: [number, number, number, number]): Batch {
  return { inputs: [tf.tensor2d([row])], targets: [tf.tensor1d([1], 'int32')], size: 1 };
}

async function failure(run: () => Promise<unknown>): Promise<Error> {
  return run().then(
    () => expect.fail('nothing was thrown'),
    (error: Error) => error,
  );
}

/** Throws where the last layer is read, until told to stop. */
function thrower(): TrainingPlugin & { throwing: boolean } {
  const plugin = {
    name: 'throw',
    throwing: true,
    apply: ({ operand }: TrainingHooks) =>
      void operand.tap('throw', (value, { key: read }) => {
        if (plugin.throwing && read === 'dense2/kernel') throw new Error('no');
        return value;
      }),
  };
  return plugin;
}

describe('a calibration that fails', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  it('leaves no tensor, and the next one starts from its own batch', async () => {
    const other = thrower();
    const training = tinyTraining([quantizePlugin({ quantizer, bits: fixedBits(4) }), other]);
    const [first, second] = [batchOf(1, 8, 1, 1), batchOf(1, 2, 1, 1)];
    await expectNoTensorLeak(() => failure(() => calibrate(training, first)));
    other.throwing = false;
    await calibrate(training, second);
    expect(training.variables.get(key)!.variable.dataSync()[0]).to.equal(2);
    training.dispose();
  });

  it('does not spoil the parameters with NaN', async () => {
    const training = tinyTraining([quantizePlugin({ quantizer, bits: fixedBits(4) })]);
    const initial = training.variables.get(key)!.variable.dataSync()[0];
    await failure(() => calibrate(training, batchOf(1, NaN, -Infinity, 1)));
    expect(training.variables.get(key)!.variable.dataSync()[0]).to.equal(initial);
    await calibrate(training, batchOf(1, 2, 1, 1));
    expect(training.variables.get(key)!.variable.dataSync()[0]).to.equal(2);
    training.dispose();
  });

  it('fixes no sign that the quantizer cannot serve', async () => {
    const training = tinyTraining([quantizePlugin({ quantizer, bits: fixedBits(1) })]);
    const [first, second] = [batchOf(1, -2, 1, 1), batchOf(1, 2, 1, 1)];
    await expectNoTensorLeak(async () => {
      expect((await failure(() => calibrate(training, first))).message).to.match(
        /operand "dense1\/input:0": /,
      );
    });
    const state = new TrainingState();
    await training.hooks.collectState.promise(state);
    expect(state.section('quantize').values).to.deep.equal({ signedActivations: [] });
    await calibrate(training, second);
    training.dispose();
  });

  it('is freed with the training', async () => {
    const count = tf.memory().numTensors;
    const training = tinyTraining([quantizePlugin({ quantizer, bits: fixedBits(4) })]);
    const { operands } = training.model;
    const pass = { phase: 'calibrate', epoch: 0, step: 0, inference: true } as const;
    tf.tidy(() => void training.hooks.operand.call(tf.tensor2d([[1, 2, 3, 4]]), operands[0]!, pass));
    training.dispose();
    expect(tf.memory().numTensors).to.equal(count);
  });
});
