import assert from 'node:assert/strict';
import { type Training, TrainingState, UsageError } from '@flatbit/core';
import {
  collectState,
  expectNoTensorLeak,
  expectSameVariables,
  readVariables,
  sendState,
  takeSteps,
  testEngine,
  tinyBatches,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

describe('TrainingState', () => {
  before(() => tf.setBackend(testEngine));

  const restore = (training: Training, state: TrainingState) => training.hooks.restoreState.promise(state);

  const contentsOf = (state: TrainingState) =>
    state.owners().map((owner) => ({ owner, ...state.section(owner) }));

  it('makes a section when it is asked for, and no sooner', () => {
    const state = new TrainingState();
    assert.equal(state.has('sam'), false);
    state.section('sam').values = { steps: 3 };
    assert.equal(state.has('sam'), true);
    assert.deepEqual(state.section('sam').values, { steps: 3 });
    assert.deepEqual(state.owners(), ['sam']);
  });

  it('holds every variable but perturbations, every slot, and the position', async () => {
    const training = tinyTraining();
    await takeSteps(training, tinyBatches(), 4);
    const state = await collectState(training);
    assert.deepEqual(state.owners(), ['variables', 'optimizer', 'position']);
    assert.deepEqual(
      [...state.section('variables').tensors.keys()],
      training.variables.saved().map(({ key }) => key),
    );
    assert.deepEqual([...state.section('optimizer').tensors.keys()], [...training.optimizer.slots().keys()]);
    assert.deepEqual(state.section('optimizer').values, { name: 'plain-sgd' });
    const { epoch, step, stepInEpoch, calibrated } = state.section('position').values;
    assert.deepEqual(
      { epoch, step, stepInEpoch, calibrated },
      { epoch: 1, step: 4, stepInEpoch: 1, calibrated: true },
    );
    training.dispose();
  });

  it('is a copy: later steps do not change it', async () => {
    const training = tinyTraining();
    await takeSteps(training, tinyBatches(), 1);
    const state = await collectState(training);
    const before = sendState(state);
    await takeSteps(training, tinyBatches(), 2);
    assert.deepEqual(contentsOf(state), contentsOf(before));
    assert.notDeepEqual(contentsOf(await collectState(training)), contentsOf(before));
    training.dispose();
  });

  it('shares nothing with the trainings that it came from and went to', async () => {
    const [from, to, other] = [tinyTraining(), tinyTraining(), tinyTraining()];
    await takeSteps(from, tinyBatches(), 1);
    from.meters.sums['loss'] = 1;
    const state = await collectState(from);
    await restore(to, state);
    await restore(other, state);
    const before = await readVariables(from);
    for (const owner of state.owners()) {
      for (const { data } of state.section(owner).tensors.values()) data.fill(0);
    }
    from.meters.sums['loss'] = 2;
    to.meters.sums['loss'] = 3;
    assert.equal(other.meters.sums['loss'], 1);
    for (const training of [from, to, other]) {
      expectSameVariables(await readVariables(training), before);
      training.dispose();
    }
  });

  it('brings another training to the same place', async () => {
    const training = tinyTraining();
    await takeSteps(training, tinyBatches(), 4);
    training.meters.sums['loss'] = 0.1 + 0.2;
    const other = tinyTraining([], { seed: 9 });
    await restore(other, sendState(await collectState(training)));
    expectSameVariables(await readVariables(other), await readVariables(training));
    assert.deepEqual(other.position, training.position);
    assert.deepEqual(other.meters, training.meters);
    other.meters.sums['loss'] = 0;
    assert.equal(training.meters.sums['loss'], 0.1 + 0.2);
    training.dispose();
    other.dispose();
  });

  it('leaves no tensor behind, coming or going', async () => {
    const training = tinyTraining();
    await expectNoTensorLeak(async () => restore(training, await collectState(training)));
    training.dispose();
  });

  it('that does not fit lists every difference, and assigns nothing', async () => {
    const training = tinyTraining();
    const state = await collectState(training);
    const { tensors } = state.section('variables');
    tensors.delete('dense1/bias');
    tensors.set('dense1/kernel', { dtype: 'float32', shape: [3, 4], data: new Float32Array(12) });
    tensors.set('dense2/kernel', { dtype: 'int32', shape: [3, 2], data: new Int32Array(6) });
    tensors.set('dense3/kernel', { dtype: 'float32', shape: [], data: new Float32Array(1) });
    tensors.set('dense2/bias', { dtype: 'float32', shape: [2], data: Float32Array.of(8, 9) });
    const before = await readVariables(training);
    await assert.rejects(restore(training, state), (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(
        error.message,
        'plugin "training", hook "restoreState": the checkpoint is of another model or plugin setup: ' +
          'dense1/kernel is float32[3,4], not float32[4,3]; dense1/bias is missing; ' +
          'dense2/kernel is int32[3,2], not float32[3,2]; dense3/kernel is not in this training',
      );
      return true;
    });
    expectSameVariables(await readVariables(training), before);
    training.dispose();
  });

  it('of another optimizer is refused before any variable is assigned', async () => {
    const [training, other] = [tinyTraining(), tinyTraining([], { seed: 2 })];
    const state = await collectState(other);
    state.section('optimizer').tensors.delete('dense1/bias/momentum');
    const before = await readVariables(training);
    await assert.rejects(restore(training, state), /another optimizer: dense1\/bias\/momentum is missing/);
    expectSameVariables(await readVariables(training), before);
    training.dispose();
    other.dispose();
  });
});
