import assert from 'node:assert/strict';
import { calibrate } from '@flatbit/core';
import {
  expectNoTensorLeak,
  expectSameVariables,
  readVariables,
  testEngine,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { disposeBatch, lineBatch } from './line-batches.js';
import { lineTraining } from './line-model.js';

describe('calibrate', () => {
  before(() => tf.setBackend(testEngine));

  it('shows every operand once in phase calibrate, then says that it is over', async () => {
    const training = lineTraining();
    const events: string[] = [];
    training.hooks.operand.tap('test', (value, { key }, { phase, inference }) => {
      events.push(`${key} ${phase} ${inference}`);
      return value;
    });
    training.hooks.onCalibrated.tapPromise('test', async () => {
      await Promise.resolve();
      events.push(`calibrated ${training.position.calibrated}`);
    });
    const batch = lineBatch(1, 2);
    await calibrate(training, batch);
    assert.deepEqual(events, [
      'line/input:0 calibrate true',
      'line/kernel calibrate true',
      'calibrated false',
    ]);
    assert.equal(training.position.calibrated, true);
    disposeBatch(batch);
    training.dispose();
  });

  it('moves no variable and no statistic, and leaves no tensor', async () => {
    const training = tinyTraining();
    const batch = { inputs: [tf.ones([3, 4])], targets: [tf.tensor1d([0, 1, 1], 'int32')], size: 3 };
    const before = await readVariables(training);
    await expectNoTensorLeak(() => calibrate(training, batch));
    expectSameVariables(await readVariables(training), before);
    disposeBatch(batch);
    training.dispose();
  });

  it('is not over when a tap throws', async () => {
    const training = lineTraining();
    training.hooks.onCalibrated.tapPromise('test', () => Promise.reject(new Error('no data')));
    const batch = lineBatch(1);
    await assert.rejects(calibrate(training, batch), /plugin "test", hook "onCalibrated": no data/);
    assert.equal(training.position.calibrated, false);
    disposeBatch(batch);
    training.dispose();
  });
});
