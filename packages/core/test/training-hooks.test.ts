import assert from 'node:assert/strict';
import { createTrainingHooks, PluginError, TrainingState, UsageError } from '@flatbit/core';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

describe('createTrainingHooks', () => {
  before(() => tf.setBackend(testEngine));

  const context = { epoch: 0, step: 0, stepInEpoch: 0 };

  it('gives hooks of their own to each training, and lets nobody replace one', () => {
    const [a, b] = [createTrainingHooks(), createTrainingHooks()];
    a.beforeStep.tap('meter', () => {});
    assert.equal(b.beforeStep.taps.length, 0);
    assert.throws(() => Object.assign(a, { loss: b.loss }), TypeError);
  });

  it('names each hook after its field', () => {
    for (const [field, hook] of Object.entries(createTrainingHooks())) assert.equal(hook.name, field);
  });

  it('says which plugin and which hook an error comes from, and keeps it as the cause', () => {
    const hooks = createTrainingHooks();
    const cause = new RangeError('no such bit');
    hooks.beforeStep.tap('bits', () => {
      throw cause;
    });
    assert.throws(() => hooks.beforeStep.call(context), {
      name: 'PluginError',
      message: 'plugin "bits", hook "beforeStep": no such bit',
      cause,
    });
  });

  it('says so for a promise that rejects, an async tap that throws, and a thing that is no Error', async () => {
    const rejecting = createTrainingHooks();
    rejecting.collectState.tapPromise('disk', () => Promise.reject(new Error('full')));
    await assert.rejects(rejecting.collectState.promise(new TrainingState()), {
      name: 'PluginError',
      message: 'plugin "disk", hook "collectState": full',
    });
    const throwing = createTrainingHooks();
    throwing.collectState.tap('disk', () => {
      throw 'gone';
    });
    await assert.rejects(throwing.collectState.promise(new TrainingState()), {
      message: 'plugin "disk", hook "collectState": gone',
    });
  });

  it('says so for a callback that is handed an error', async () => {
    const hooks = createTrainingHooks();
    hooks.onCalibrated.tapAsync('old-style', (done) => done(new Error('failed')));
    await assert.rejects(hooks.onCalibrated.promise(), {
      name: 'PluginError',
      message: 'plugin "old-style", hook "onCalibrated": failed',
    });
  });

  it('names the innermost plugin once when one tap calls another hook', () => {
    const hooks = createTrainingHooks();
    hooks.learningRate.tap('schedule', () => {
      throw new Error('no rate');
    });
    hooks.beforeStep.tap('outer', () => void hooks.learningRate.call(1, context));
    assert.throws(() => hooks.beforeStep.call(context), {
      message: 'plugin "schedule", hook "learningRate": no rate',
    });
  });

  it('leaves wrong use wrong use, named once', () => {
    const hooks = createTrainingHooks();
    hooks.learningRate.tap('schedule', () => {
      throw new UsageError('warmup: got -1');
    });
    hooks.beforeStep.tap('outer', () => void hooks.learningRate.call(1, context));
    assert.throws(
      () => hooks.beforeStep.call(context),
      (error) =>
        error instanceof UsageError &&
        !(error instanceof PluginError) &&
        error.message === 'plugin "schedule", hook "learningRate": warmup: got -1',
    );
  });

  it('lets one plugin alone perturb, and names both', () => {
    const hooks = createTrainingHooks();
    hooks.perturb.tap('sam', () => undefined);
    assert.throws(
      () => hooks.perturb.tap('asam', () => undefined),
      (error) =>
        error instanceof UsageError &&
        error.message ===
          'hook "perturb" is taken by plugin "sam"; plugin "asam" cannot join it: leave one of them out',
    );
  });

  it('hands values through taps in order of stage', () => {
    const hooks = createTrainingHooks();
    hooks.learningRate.tap({ name: 'late', stage: 1 }, (factor) => factor + 1);
    hooks.learningRate.tap('early', (factor) => factor * 10);
    // (2·10) + 1
    assert.equal(hooks.learningRate.call(2, context), 21);
  });
});
