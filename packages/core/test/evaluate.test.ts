import assert from 'node:assert/strict';
import { evaluate, type Metric } from '@flatbit/core';
import {
  expectClose,
  expectNoTensorLeak,
  expectSameVariables,
  readVariables,
  takeSteps,
  testEngine,
  tinyBatches,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { lineBatches } from './line-batches.js';
import { lineTraining } from './line-model.js';

describe('evaluate', () => {
  before(() => tf.setBackend(testEngine));

  const size: Metric = ([outputs]) => outputs!.abs().mean() as tf.Scalar;

  it('weights batches by their size', async () => {
    const training = lineTraining({ weight: 1 }, { metrics: { size } });
    const measures = await evaluate(training, lineBatches([1, 2], [3]));
    // (1 + 4 + 9)/3 and (1 + 2 + 3)/3; a mean of batch means would give 5.75 and 2.25.
    expectClose(measures.loss, 14 / 3);
    expectClose(measures.metrics['size']!, 2);
    training.dispose();
  });

  it('adds penalties, and goes through the operand hook in phase evaluate', async () => {
    const training = lineTraining({ weight: 1, penalty: 0.5 });
    training.hooks.operand.tap('test', (value, { role }, { phase, inference }) => {
      assert.deepEqual([phase, inference], ['evaluate', true]);
      return role === 'weight' ? value.mul(2) : value;
    });
    training.hooks.loss.tap('test', (loss) => loss.add(10));
    // (2·1)² + 0.5·1² + 10
    expectClose((await evaluate(training, lineBatches([1]))).loss, 14.5);
    training.dispose();
  });

  it('changes nothing and leaves no tensor', async () => {
    const training = tinyTraining();
    await takeSteps(training, tinyBatches(), 2);
    const before = await readVariables(training);
    await expectNoTensorLeak(() => evaluate(training, tinyBatches({ examples: 20 })));
    expectSameVariables(await readVariables(training), before);
    training.dispose();
  });

  it('refuses to measure what nobody has calibrated', async () => {
    const training = lineTraining();
    training.hooks.onCalibrated.tapPromise('starts from data', async () => {});
    await assert.rejects(
      evaluate(training, lineBatches([1])),
      /^UsageError: nothing is calibrated yet: train, restore/,
    );
    training.position.calibrated = true;
    await evaluate(training, lineBatches([1]));
    training.dispose();
  });

  it('leaves no tensor when a tap throws', async () => {
    const training = lineTraining();
    training.hooks.loss.tap('test', () => {
      throw new Error('stop');
    });
    await expectNoTensorLeak(() => assert.rejects(evaluate(training, lineBatches([1], [2])), /stop/));
    training.dispose();
  });
});
