import assert from 'node:assert/strict';
import {
  type Batch,
  readStep,
  type StepReport,
  type Training,
  type TrainingPlugin,
  trainStep,
} from '@flatbit/core';
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
import { disposeBatch, lineBatch } from './line-batches.js';
import { lineTraining, weightOf } from './line-model.js';
import { shiftPlugin } from './shift-plugin.js';

describe('trainStep', () => {
  before(() => tf.setBackend(testEngine));

  async function step(training: Training, batch: Batch = lineBatch(1)): Promise<StepReport> {
    try {
      return await readStep(trainStep(training, batch));
    } finally {
      disposeBatch(batch);
    }
  }

  it('descends along the clean gradient', async () => {
    const training = lineTraining();
    const report = await step(training);
    // L = w² = 9, g = 2w = 6; v = 6; w = 3 − 0.1·6
    assert.equal(report.loss, 9);
    expectClose(weightOf(training), 2.4);
    await step(training);
    // g = 4.8; v = 0.9·6 + 4.8 = 10.2; w = 2.4 − 1.02
    expectClose(weightOf(training), 1.38);
    training.dispose();
  });

  it('takes the mean over the batch', async () => {
    const training = lineTraining();
    const report = await step(training, lineBatch(1, 2, 3));
    // mean x² = 14/3: L = 9·14/3 = 42, g = 6·14/3 = 28
    expectClose(report.loss, 42);
    expectClose(weightOf(training), 3 - 2.8);
    assert.equal(report.size, 3);
    training.dispose();
  });

  it('descends along the gradient taken at w + ε, and puts w back first', async () => {
    const shift = shiftPlugin(() => 0.5);
    const training = lineTraining({}, { plugins: [shift] });
    const report = await step(training);
    // Clean: L = 9, g = 6. Perturbed: L = 3.5² = 12.25, g = 7; w = 3 − 0.7
    assert.deepEqual(shift.gradients, [6]);
    assert.equal(report.loss, 9);
    assert.equal(report.sharpness, 3.25);
    expectClose(weightOf(training), 2.3);
    assert.equal(shift.restored, 1);
    assert.equal(training.variables.get('line/kernel/perturbation')!.variable.dataSync()[0], 0);
    training.dispose();
  });

  it('takes the gradient at zero perturbation where the shift is zero', async () => {
    const training = lineTraining({}, { plugins: [shiftPlugin(() => 0)] });
    const report = await step(training);
    assert.equal(report.sharpness, 0);
    expectClose(weightOf(training), 2.4);
    training.dispose();
  });

  it('takes one pass where perturb has no answer', async () => {
    const training = lineTraining(
      {},
      { plugins: [shiftPlugin((_, { step }) => (step === 1 ? 0.5 : undefined))] },
    );
    assert.ok(!('sharpness' in (await step(training))));
    assert.ok('sharpness' in (await step(training)));
    training.dispose();
  });

  it('adds penalties of the model and of the loss hook to both passes', async () => {
    const phases: string[] = [];
    const penalty: TrainingPlugin = {
      name: 'penalty',
      apply: ({ loss }) =>
        loss.tap('penalty', (value, { phase }) => {
          phases.push(phase);
          return value.add(1);
        }),
    };
    const training = lineTraining({ penalty: 0.5 }, { plugins: [penalty, shiftPlugin(() => 0.5)] });
    const report = await step(training);
    // L = 9 + 0.5·9 + 1. Perturbed: 12.25 + 4.5 + 1 (the latent weight stays); g = 2·3.5 + 2·0.5·3 = 10
    assert.equal(report.loss, 14.5);
    assert.equal(report.sharpness, 3.25);
    expectClose(weightOf(training), 2);
    assert.deepEqual(phases, ['clean', 'perturbed']);
    training.dispose();
  });

  it('tells perturb the gradients of the penalties alone', async () => {
    let penalties: number[] | undefined;
    const asking: TrainingPlugin = {
      name: 'asking',
      apply: ({ perturb }) =>
        perturb.tap('asking', (_, { penaltyGradients }) => {
          const gradients = penaltyGradients();
          assert.deepEqual(Object.keys(gradients), ['line/kernel']);
          penalties = [...gradients['line/kernel']!.dataSync()];
          return undefined;
        }),
    };
    const training = lineTraining({ penalty: 0.5 }, { plugins: [asking] });
    await step(training);
    // d(0.5·w²)/dw = w
    assert.deepEqual(penalties, [3]);
    training.dispose();
  });

  it('lets afterBackward change the gradients, and learningRate the rate', async () => {
    const halving: TrainingPlugin = {
      name: 'halving',
      apply({ afterBackward, learningRate }) {
        afterBackward.tap('halving', (gradients) => ({ 'line/kernel': gradients['line/kernel']!.div(2) }));
        learningRate.tap('halving', (factor) => factor / 3);
      },
    };
    const training = lineTraining({}, { plugins: [halving] });
    await step(training);
    // 3 − (0.1/3)·(6/2)
    expectClose(weightOf(training), 2.9);
    training.dispose();
  });

  it('leaves a variable that the loss does not depend on, and its slot, alone', async () => {
    const training = lineTraining();
    const seen: string[][] = [];
    training.hooks.afterBackward.tap('test', (gradients) => {
      seen.push(Object.keys(gradients));
      return gradients;
    });
    await step(training);
    assert.deepEqual(seen, [['line/kernel']]);
    assert.equal(training.variables.get('line/unused')!.variable.dataSync()[0], 5);
    assert.equal(training.optimizer.slots().get('line/unused/momentum')!.dataSync()[0], 0);
    training.dispose();
  });

  it('hands probes to perturb, and to nobody else', async () => {
    const training = lineTraining({}, { plugins: [shiftPlugin(() => 0.5)] });
    const seen: string[][] = [];
    training.hooks.afterBackward.tap('test', (gradients) => {
      seen.push(Object.keys(gradients));
      return gradients;
    });
    await step(training);
    assert.deepEqual(seen, [['line/kernel']]);
    assert.ok(!training.optimizer.slots().has('line/kernel/perturbation/momentum'));
    training.dispose();
  });

  it('reports metrics of the clean pass', async () => {
    const largest = ([outputs]: readonly tf.Tensor[]) => outputs!.max() as tf.Scalar;
    const training = lineTraining({}, { metrics: { largest }, plugins: [shiftPlugin(() => 0.5)] });
    const report = await step(training, lineBatch(1, 2));
    assert.deepEqual(report.metrics, { largest: 6 });
    training.dispose();
  });

  it('counts steps, and tells each tap where it stands', async () => {
    const training = lineTraining();
    const seen: unknown[] = [];
    training.hooks.beforeStep.tap('test', (context) => void seen.push(context));
    await step(training);
    await step(training);
    assert.deepEqual(seen, [
      { epoch: 0, step: 0, stepInEpoch: 0 },
      { epoch: 0, step: 1, stepInEpoch: 1 },
    ]);
    assert.equal(training.position.step, 2);
    training.dispose();
  });

  it('shows afterStep the tensors of the step while they live', async () => {
    const training = lineTraining({}, { plugins: [shiftPlugin(() => 0.5)] });
    const seen: number[] = [];
    training.hooks.afterStep.tap('test', ({ loss, perturbedLoss, size }) => {
      seen.push(loss.dataSync()[0]!, perturbedLoss!.dataSync()[0]!, size, weightOf(training));
    });
    await step(training);
    expectClose(seen, [9, 12.25, 1, 2.3]);
    training.dispose();
  });

  describe('that meets NaN', () => {
    for (const [pass, plugins, input] of [
      ['clean', [], NaN],
      ['clean', [shiftPlugin(() => 0.5)], NaN],
      ['perturbed', [shiftPlugin(() => Infinity)], 1],
    ] as const) {
      it(`in the ${pass} pass${plugins.length ? ' of two' : ''} moves nothing and says so`, async () => {
        const training = lineTraining({}, { plugins });
        await step(training);
        const before = await readVariables(training);
        const report = await step(training, lineBatch(input));
        assert.equal(report.finite, false);
        assert.equal(report.failedPass, pass);
        expectSameVariables(await readVariables(training), before);
        training.dispose();
      });
    }

    it('in the clean pass alone moves nothing, however well the second goes', async () => {
      const training = lineTraining({}, { plugins: [shiftPlugin(() => 0.5)] });
      training.hooks.loss.tap('test', (loss, { phase }) => (phase === 'clean' ? loss.add(NaN) : loss));
      const report = await step(training);
      assert.equal(report.failedPass, 'clean');
      assert.equal(weightOf(training), 3);
      training.dispose();
    });

    it('in a gradient after the passes moves nothing either', async () => {
      const training = lineTraining();
      training.hooks.afterBackward.tap('test', (gradients) => ({
        'line/kernel': gradients['line/kernel']!.mul(NaN),
      }));
      assert.equal((await step(training)).finite, false);
      assert.equal(weightOf(training), 3);
      training.dispose();
    });

    it('leaves moving statistics alone', async () => {
      const training = tinyTraining();
      await takeSteps(training, tinyBatches(), 1);
      const before = await readVariables(training);
      const batch = { inputs: [tf.fill([2, 4], NaN)], targets: [tf.tensor1d([0, 1], 'int32')], size: 2 };
      assert.equal((await step(training, batch)).finite, false);
      expectSameVariables(await readVariables(training), before);
      training.dispose();
    });
  });

  describe('in which a tap throws', () => {
    const taps = {
      'the clean pass': (training: Training) =>
        training.hooks.operand.tap('test', () => {
          throw new Error('stop');
        }),
      'the loss of the clean pass': (training: Training) =>
        training.hooks.loss.tap('test', () => {
          throw new Error('stop');
        }),
      'the second pass': (training: Training) =>
        training.hooks.loss.tap('test', (loss, { phase }) => {
          if (phase === 'perturbed') throw new Error('stop');
          return loss;
        }),
      perturb: (training: Training) =>
        training.hooks.perturb.intercept({
          call: () => {
            throw new Error('stop');
          },
        }),
      afterBackward: (training: Training) =>
        training.hooks.afterBackward.tap('test', () => {
          throw new Error('stop');
        }),
    };
    for (const [where, tap] of Object.entries(taps)) {
      it(`during ${where} leaves everything as it was, and no tensor`, async () => {
        const training = tinyTraining([shiftPlugin(() => 0.5)]);
        await takeSteps(training, tinyBatches(), 1);
        tap(training);
        const before = await readVariables(training);
        const position = { ...training.position };
        await expectNoTensorLeak(() => assert.rejects(takeSteps(training, tinyBatches(), 1), /stop/));
        expectSameVariables(await readVariables(training), before);
        assert.deepEqual(training.position, position);
        training.dispose();
      });
    }
  });

  it('tells onStepFailed where it failed, and only then', async () => {
    const training = lineTraining();
    const failed: unknown[] = [];
    let fails = false;
    training.hooks.onStepFailed.tap('test', (context) => void failed.push(context));
    training.hooks.loss.tap('test', (loss) => {
      if (fails) throw new Error('stop');
      return loss;
    });
    await step(training);
    fails = true;
    await assert.rejects(step(training), /stop/);
    assert.deepEqual(failed, [{ epoch: 0, step: 1, stepInEpoch: 1 }]);
    training.dispose();
  });

  it('has been taken when a tap of afterStep throws', async () => {
    const training = lineTraining();
    training.hooks.afterStep.tap('test', () => {
      throw new Error('stop');
    });
    await expectNoTensorLeak(() => assert.rejects(step(training), /stop/), { times: 1 });
    expectClose(weightOf(training), 2.4);
    assert.equal(training.position.step, 1);
    training.dispose();
  });

  it('leaves behind what it answers with, and readStep frees that', async () => {
    const training = tinyTraining([shiftPlugin(() => 0.5)]);
    await expectNoTensorLeak(() => takeSteps(training, tinyBatches(), 3));
    training.dispose();
  });
});
