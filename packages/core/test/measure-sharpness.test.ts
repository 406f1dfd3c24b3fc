import assert from 'node:assert/strict';
import { measureSharpness, type TrainingPlugin, UsageError } from '@flatbit/core';
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
import { lineTraining, weightOf } from './line-model.js';
import { shiftPlugin } from './shift-plugin.js';

describe('measureSharpness', () => {
  before(() => tf.setBackend(testEngine));

  it('is the rise of the mean loss along the gradient of the whole source', async () => {
    const shift = shiftPlugin((gradient) => (0.3 / 28) * gradient);
    const training = lineTraining({ weight: 1 }, { plugins: [shift] });
    const { loss, perturbedLoss, sharpness } = await measureSharpness(training, lineBatches([1, 2], [3]));
    // L = w²·14/3. Mean gradient 28/3, so ε = 0.1. L(1.1) − L(1) = 14/3·(1.21 − 1) = 0.98
    expectClose(shift.gradients, [28 / 3]);
    expectClose(loss, 14 / 3);
    expectClose(perturbedLoss, (14 / 3) * 1.21);
    expectClose(sharpness, 0.98, { relative: 1e-5 });
    assert.equal(shift.restored, 1);
    assert.equal(weightOf(training), 1);
    training.dispose();
  });

  it('counts penalties in the loss and in the gradient', async () => {
    const seen: number[] = [];
    const asking: TrainingPlugin = {
      name: 'asking',
      apply: ({ perturb }) =>
        perturb.tap('asking', (gradients) => {
          seen.push(gradients['line/kernel']!.dataSync()[0]!);
          return () => undefined;
        }),
    };
    const training = lineTraining({ weight: 1, penalty: 0.5 }, { plugins: [asking] });
    const { loss } = await measureSharpness(training, lineBatches([1], [1]));
    // L = w² + 0.5·w², g = 2w + w
    expectClose(loss, 1.5);
    expectClose(seen, [3]);
    training.dispose();
  });

  it('changes nothing, statistics included, and leaves no tensor', async () => {
    const training = tinyTraining([shiftPlugin(() => 0.1)]);
    await takeSteps(training, tinyBatches(), 2);
    const before = await readVariables(training);
    const position = { ...training.position };
    await expectNoTensorLeak(() => measureSharpness(training, tinyBatches({ examples: 20 })));
    expectSameVariables(await readVariables(training), before);
    assert.deepEqual(training.position, position);
    training.dispose();
  });

  it('is in inference mode throughout', async () => {
    const training = tinyTraining([shiftPlugin(() => 0.1)]);
    const modes = new Set<boolean>();
    training.hooks.operand.tap('test', (value, _, { inference }) => {
      modes.add(inference);
      return value;
    });
    await measureSharpness(training, tinyBatches());
    assert.deepEqual([...modes], [true]);
    training.dispose();
  });

  it('puts everything back when the perturbed measurement throws', async () => {
    const shift = shiftPlugin(() => 0.1);
    const training = tinyTraining([shift]);
    training.hooks.loss.tap('test', (loss, { phase }) => {
      if (phase === 'perturbed') throw new Error('stop');
      return loss;
    });
    const before = await readVariables(training);
    await expectNoTensorLeak(() => assert.rejects(measureSharpness(training, tinyBatches()), /stop/));
    expectSameVariables(await readVariables(training), before);
    training.dispose();
  });

  it('frees what a plugin leaves to the step around it', async () => {
    const untidy: TrainingPlugin = {
      name: 'untidy',
      apply: ({ perturb }) =>
        perturb.tap('untidy', (gradients, { penaltyGradients }) => {
          gradients['line/kernel']!.mul(2);
          penaltyGradients();
          return () => undefined;
        }),
    };
    const training = lineTraining({ penalty: 0.5 }, { plugins: [untidy] });
    await expectNoTensorLeak(() => measureSharpness(training, lineBatches([1])));
    training.dispose();
  });

  it('needs a plugin that perturbs', async () => {
    const training = lineTraining();
    await expectNoTensorLeak(() =>
      assert.rejects(
        measureSharpness(training, lineBatches([1])),
        (error) =>
          error instanceof UsageError && /samPlugin\(\{ rho: 0, measureRho \}\)$/.test(error.message),
      ),
    );
    training.dispose();
  });
});
