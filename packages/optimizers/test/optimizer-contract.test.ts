import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { createTraining, type Optimizer, softmaxCrossEntropy, UsageError } from '@flatbit/core';
import { adam, sgd } from '@flatbit/optimizers';
import {
  collectState,
  expectSameVariables,
  readVariables,
  sendState,
  takeSteps,
  testEngine,
  tinyBatches,
  tinyModel,
} from '@flatbit/testing';
import { engines, useEngine } from './engines.js';
import { bitsOf, parameterOf, step, valuesOf } from './training-parameter.js';

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  'sgd with everything': () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  'plain sgd': () => sgd({ learningRate: 0.1 }),
  adam: () => adam({ learningRate: 0.1, weightDecay: 0.01 }),
};

const wave = (index: number) => ({ a: [Math.sin(index), 0.5], b: [Math.cos(index) - 0.2] });

for (const engine of engines) {
  for (const [name, create] of Object.entries(optimizers)) {
    describe(`${name} on ${engine}`, () => {
      let tensorsBefore: number;
      let optimizer: Optimizer;
      const parameters = () => [parameterOf('a', [1, -0]), parameterOf('b', [-0.3])];
      let mine: ReturnType<typeof parameters>;

      beforeEach(async () => {
        await useEngine(engine);
        tensorsBefore = tf.memory().numTensors;
        optimizer = create();
        mine = parameters();
        optimizer.prepare(mine);
      });

      afterEach(() => {
        optimizer.dispose();
        tf.dispose(mine.map(({ variable }) => variable));
        assert.equal(tf.memory().numTensors, tensorsBefore);
      });

      it('moves nothing by a bit when the step is not healthy, whatever the gradients hold', () => {
        step(optimizer, mine, wave(1));
        tf.tidy(() => mine[0]!.variable.assign(tf.tensor1d([0.25, -0])));
        const before = bitsOf(optimizer, mine);
        for (const poison of [NaN, Infinity, -Infinity, 3]) {
          step(optimizer, mine, { a: [poison, 1], b: [poison] }, { healthy: false });
          assert.deepEqual(bitsOf(optimizer, mine), before);
        }
        step(optimizer, mine, wave(2));
        assert.notDeepEqual(bitsOf(optimizer, mine), before);
      });

      it('goes on after steps that were not healthy as if they had not been', () => {
        const other = create();
        const theirs = parameters();
        other.prepare(theirs);
        for (let index = 0; index < 4; index += 1) {
          step(optimizer, mine, wave(index));
          step(other, theirs, wave(index));
          step(other, theirs, { a: [NaN, NaN], b: [NaN] }, { healthy: false });
        }
        assert.deepEqual(bitsOf(other, theirs), bitsOf(optimizer, mine));
        other.dispose();
        tf.dispose(theirs.map(({ variable }) => variable));
      });

      it('leaves a parameter without a gradient where it is, its slots too', () => {
        step(optimizer, mine, wave(1));
        const before = bitsOf(optimizer, mine);
        step(optimizer, mine, { a: wave(2).a });
        const after = bitsOf(optimizer, mine);
        for (const key of Object.keys(before)) {
          const moved = key === 'a' || key.startsWith('slot a/') || key === 'slot step';
          if (moved) assert.notDeepEqual(after[key], before[key], key);
          else assert.deepEqual(after[key], before[key], key);
        }
      });

      it('takes the same next step, bit for bit, in another training that got its state', async () => {
        for (let index = 0; index < 5; index += 1) step(optimizer, mine, wave(index));
        const resumed = create();
        const theirs = parameters();
        resumed.prepare(theirs);
        assert.deepEqual([...resumed.slots().keys()], [...optimizer.slots().keys()]);
        for (const [slot, variable] of resumed.slots()) {
          const saved = await optimizer.slots().get(slot)!.data();
          tf.tidy(() => variable.assign(tf.tensor(saved.slice(), variable.shape)));
        }
        theirs.forEach(({ variable }, index) => variable.assign(mine[index]!.variable));
        for (let index = 5; index < 8; index += 1) {
          step(optimizer, mine, wave(index));
          step(resumed, theirs, wave(index));
        }
        assert.deepEqual(bitsOf(resumed, theirs), bitsOf(optimizer, mine));
        resumed.dispose();
        tf.dispose(theirs.map(({ variable }) => variable));
      });

      it('leaves no tensor behind in 200 steps', () => {
        step(optimizer, mine, wave(0));
        const before = tf.memory().numTensors;
        for (let index = 0; index < 200; index += 1) step(optimizer, mine, wave(index));
        assert.equal(tf.memory().numTensors, before);
        assert.ok(valuesOf(mine[0]!).every(Number.isFinite));
      });

      it('is for one training at a time', () => {
        assert.throws(() => optimizer.prepare(mine), {
          name: UsageError.name,
          message: `${optimizer.name}: is already in a training; make an optimizer for each, or dispose the training first`,
        });
        optimizer.dispose();
        assert.equal(optimizer.slots().size, 0);
        optimizer.prepare(mine);
        step(optimizer, mine, wave(1));
      });
    });
  }
}

describe('an optimizer', () => {
  before(() => tf.setBackend(testEngine));

  it('shares nothing with another of the same kind and keys', () => {
    const [one, two] = [sgd({ learningRate: 1, momentum: 0.5 }), sgd({ learningRate: 1, momentum: 0.5 })];
    const [mine, theirs] = [parameterOf('a', [1]), parameterOf('a', [1])];
    one.prepare([mine]);
    two.prepare([theirs]);
    step(one, [mine], { a: [1] });
    assert.deepEqual([...valuesOf(theirs)], [1]);
    assert.deepEqual([...two.slots().get('a/momentum')!.dataSync()], [0]);
    assert.notEqual(one.slots().get('a/momentum')!.name, two.slots().get('a/momentum')!.name);
  });

  it('refuses a parameter that it was not prepared for, and names it', () => {
    const late = parameterOf('late', [1]);
    const optimizer = sgd({ learningRate: 1 });
    optimizer.prepare([parameterOf('a', [1])]);
    assert.throws(() => step(optimizer, [late], { late: [1] }), {
      name: UsageError.name,
      message:
        'parameter "late" is not one of the 1 that the optimizer was prepared for; make variables in the hook "prepare"',
    });
  });
});

for (const [name, create] of Object.entries(optimizers)) {
  describe(`${name} in a training`, () => {
    before(() => tf.setBackend(testEngine));

    const training = (seed: number) =>
      createTraining({
        model: tinyModel({ seed }),
        loss: softmaxCrossEntropy,
        optimizer: create(),
      });

    it('makes the loss fall', async () => {
      const run = training(1);
      const reports = await takeSteps(run, tinyBatches(), 30);
      assert.ok(
        reports.at(-1)!.loss < 0.9 * reports[0]!.loss,
        `${reports[0]!.loss} → ${reports.at(-1)!.loss}`,
      );
      run.dispose();
    });

    it('goes on bit for bit from a state that travelled', async () => {
      const run = training(1);
      await takeSteps(run, tinyBatches(), 4);
      const state = sendState(await collectState(run));
      const resumed = training(2);
      await resumed.hooks.restoreState.promise(state);
      await takeSteps(run, tinyBatches(), 3);
      await takeSteps(resumed, tinyBatches(), 3);
      expectSameVariables(await readVariables(resumed), await readVariables(run));
      run.dispose();
      resumed.dispose();
    });
  });
}
