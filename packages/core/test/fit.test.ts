import assert from 'node:assert/strict';
import {
  type EpochSummary,
  createTraining,
  evaluate,
  fit,
  meanSquaredError,
  measureSharpness,
  NonFiniteError,
  type StepReport,
  type TrainingPlugin,
  UsageError,
} from '@flatbit/core';
import {
  collectState,
  expectClose,
  expectNoTensorLeak,
  expectSameVariables,
  plainSgd,
  readVariables,
  sendState,
  testEngine,
  tinyBatches,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { lineBatches } from './line-batches.js';
import { lineModel, lineTraining, weightOf } from './line-model.js';
import { shiftPlugin } from './shift-plugin.js';

describe('fit', () => {
  before(() => tf.setBackend(testEngine));

  const still = {
    name: 'still',
    apply: ({ learningRate }) => void learningRate.tap('still', () => 0),
  } satisfies TrainingPlugin;

  const withoutTiming = (summary: EpochSummary) => ({ ...summary, timing: undefined });

  it('trains for so many epochs and says how each went', async () => {
    const training = lineTraining({ weight: 1 }, { plugins: [still] });
    const { epochs, interrupted } = await fit(training, lineBatches([1, 2], [3]), {
      epochs: 2,
      validation: lineBatches([2]),
    });
    assert.equal(interrupted, false);
    assert.equal(epochs.length, 2);
    const [, { timing, ...second }] = epochs as [unknown, (typeof epochs)[number]];
    // The weight stays at 1: L = (1 + 4 + 9)/3; on validation 4.
    expectClose(second.training.loss, 14 / 3);
    assert.deepEqual(
      { ...second, training: {} },
      {
        epoch: 2,
        epochs: 2,
        step: 4,
        learningRateFactor: 0,
        training: {},
        validation: { loss: 4, metrics: {} },
      },
    );
    assert.ok(timing.seconds > 0 && timing.examplesPerSecond > 0);
    training.dispose();
  });

  it('means losses, metrics and sharpness over the examples of the epoch', async () => {
    const outputs = ([values]: readonly tf.Tensor[]) => values!.mean() as tf.Scalar;
    // Perturbs the second step alone, by 1.
    const shift = shiftPlugin((_, { stepInEpoch }) => (stepInEpoch === 1 ? 1 : undefined));
    const training = lineTraining({ weight: 1 }, { plugins: [still, shift], metrics: { outputs } });
    const { epochs } = await fit(training, lineBatches([1, 2], [3]), { epochs: 1 });
    const { loss, metrics, sharpness } = epochs[0]!.training;
    expectClose(loss, 14 / 3);
    expectClose(metrics['outputs']!, 2);
    // L(2) − L(1) at x = 3: 36 − 9, over that batch's examples alone
    assert.equal(sharpness, 27);
    training.dispose();
  });

  it('goes on to the epoch that is asked for, and no further', async () => {
    const training = lineTraining();
    await fit(training, lineBatches([1]), { epochs: 2 });
    assert.equal(training.position.epoch, 2);
    const more = await fit(training, lineBatches([1]), { epochs: 3 });
    assert.deepEqual(
      more.epochs.map(({ epoch }) => epoch),
      [3],
    );
    assert.deepEqual((await fit(training, lineBatches([1]), { epochs: 3 })).epochs, []);
    assert.equal(training.position.step, 3);
    training.dispose();
  });

  it('takes a whole number of epochs', async () => {
    const training = lineTraining();
    for (const epochs of [1.5, -1, NaN]) {
      await assert.rejects(
        fit(training, lineBatches([1]), { epochs }),
        (error) => error instanceof UsageError && error.message.startsWith(`epochs: got ${epochs}`),
      );
    }
    training.dispose();
  });

  it('says which argument is not what it should be', async () => {
    const training = lineTraining();
    const source = lineBatches([1]);
    const refused: readonly (readonly [Parameters<typeof fit> | unknown[], RegExp])[] = [
      [
        [undefined, source, { epochs: 1 }],
        /^UsageError: fit, training: got nothing; takes what createTraining/,
      ],
      [[training.model, source, { epochs: 1 }], /^UsageError: fit, training: got {/],
      [
        [training, [1], { epochs: 1 }],
        /^UsageError: fit, source: got \[1\]; takes a source of batches, such as/,
      ],
      [[training, source], /^UsageError: fit, options: got nothing; takes an object with epochs$/],
      [[training, source, 3], /^UsageError: fit, options: got 3; takes an object with epochs$/],
      [[training, source, { epochs: 1, validation: 1 }], /^UsageError: validation: got 1; takes a source/],
      [
        [training, source, { epochs: 1, onNonFinite: 'go' }],
        /^UsageError: onNonFinite: got "go"; takes "stop" or/,
      ],
      [
        [training, source, { epochs: 1, signal: true }],
        /^UsageError: signal: got true; takes the signal of an/,
      ],
    ];
    for (const [given, message] of refused)
      await assert.rejects(fit(...(given as Parameters<typeof fit>)), message);
    await assert.rejects(evaluate(training, [] as never), /^UsageError: evaluate, source: got \[\]/);
    await assert.rejects(
      measureSharpness({} as never, source),
      /^UsageError: measureSharpness, training: got {}/,
    );
    assert.equal(training.position.step, 0);
    training.dispose();
  });

  it('calibrates once, before the first step, on the first batch', async () => {
    const training = lineTraining();
    const events: string[] = [];
    training.hooks.operand.tap('test', (value, { key }, { phase }) => {
      if (key === 'line/input:0') events.push(`${phase} ${value.dataSync()}`);
      return value;
    });
    training.hooks.onCalibrated.tap('test', () => void events.push('calibrated'));
    await fit(training, lineBatches([1, 2], [3]), { epochs: 2 });
    assert.deepEqual(events, ['calibrate 1,2', 'calibrated', 'clean 1,2', 'clean 3', 'clean 1,2', 'clean 3']);
    training.dispose();
  });

  it('tells each tap how many steps an epoch has', async () => {
    const training = lineTraining();
    const seen: unknown[] = [];
    training.hooks.beforeStep.tap('test', (context) => void seen.push(context));
    await fit(training, lineBatches([1], [2]), { epochs: 2 });
    assert.deepEqual(seen.at(-1), { epoch: 1, step: 3, stepInEpoch: 1, stepsPerEpoch: 2 });
    training.dispose();
  });

  it('reports steps in plain numbers as they happen', async () => {
    const training = lineTraining();
    const reports: StepReport[] = [];
    training.hooks.onStepEnd.tap('test', (report) => void reports.push(report));
    await fit(training, lineBatches([1], [2]), { epochs: 1 });
    assert.deepEqual(reports[0], {
      epoch: 0,
      step: 0,
      stepInEpoch: 0,
      stepsPerEpoch: 2,
      size: 1,
      loss: 9,
      metrics: {},
      finite: true,
    });
    assert.equal(reports.length, 2);
    training.dispose();
  });

  it('calls onEpochEnd with the position already at the next epoch', async () => {
    const training = lineTraining();
    const positions: unknown[] = [];
    training.hooks.onEpochEnd.tapPromise('test', async ({ epoch }) => {
      const { position, meters } = training;
      positions.push([epoch, position.epoch, position.stepInEpoch, meters.examples]);
    });
    await fit(training, lineBatches([1], [2]), { epochs: 2 });
    assert.deepEqual(positions, [
      [1, 1, 0, 0],
      [2, 2, 0, 0],
    ]);
    training.dispose();
  });

  it('measures validation as evaluate does', async () => {
    const training = tinyTraining();
    const { epochs } = await fit(training, tinyBatches(), {
      epochs: 1,
      validation: tinyBatches({ seed: 2 }),
    });
    assert.deepEqual(epochs[0]!.validation, await evaluate(training, tinyBatches({ seed: 2 })));
    training.dispose();
  });

  it('leaves no tensor behind', async () => {
    const training = tinyTraining([shiftPlugin(() => 0.1)]);
    let epochs = 0;
    await expectNoTensorLeak(() =>
      fit(training, tinyBatches({ examples: 20 }), { epochs: (epochs += 1), validation: tinyBatches() }),
    );
    training.dispose();
  });

  describe('interrupted', () => {
    /** Stops after so many steps in all. */
    function stopAfter(steps: number) {
      const controller = new AbortController();
      const contexts: unknown[] = [];
      const plugin: TrainingPlugin = {
        name: 'stop',
        apply({ onStepEnd, onInterrupt }) {
          onStepEnd.tap('stop', ({ step }) => {
            if (step + 1 === steps) controller.abort();
          });
          onInterrupt.tapPromise('stop', async (context) => void contexts.push(context));
        },
      };
      return { plugin, signal: controller.signal, contexts };
    }

    it('stops between two steps, and says where', async () => {
      const { plugin, signal, contexts } = stopAfter(5);
      const training = tinyTraining([plugin]);
      const result = await fit(training, tinyBatches(), { epochs: 4, signal });
      assert.equal(result.interrupted, true);
      assert.deepEqual(
        result.epochs.map(({ epoch }) => epoch),
        [1],
      );
      assert.deepEqual(contexts, [{ epoch: 1, step: 5, stepInEpoch: 2, stepsPerEpoch: 3 }]);
      training.dispose();
    });

    for (const steps of [4, 5, 6]) {
      it(`after ${steps} of 3 steps per epoch goes on exactly, elsewhere or here`, async () => {
        const whole = tinyTraining();
        const expected = await fit(whole, tinyBatches(), { epochs: 3, validation: tinyBatches({ seed: 2 }) });
        const { plugin, signal } = stopAfter(steps);
        const training = tinyTraining([plugin]);
        const options = { epochs: 3, validation: tinyBatches({ seed: 2 }) };
        const first = await fit(training, tinyBatches(), { ...options, signal });
        const other = tinyTraining([], { seed: 7 });
        await other.hooks.restoreState.promise(sendState(await collectState(training)));
        for (const resumed of [training, other]) {
          const rest = await fit(resumed, tinyBatches(), options);
          const summaries = [...first.epochs, ...rest.epochs].map(withoutTiming);
          assert.deepEqual(summaries, expected.epochs.map(withoutTiming));
          expectSameVariables(await readVariables(resumed), await readVariables(whole));
          resumed.dispose();
        }
        whole.dispose();
      });
    }

    it('at the very end is not interrupted', async () => {
      const { plugin, signal, contexts } = stopAfter(6);
      const training = tinyTraining([plugin]);
      const result = await fit(training, tinyBatches(), { epochs: 2, signal });
      assert.equal(result.interrupted, false);
      assert.equal(result.epochs.length, 2);
      assert.deepEqual(contexts, []);
      training.dispose();
    });

    it('before it begins takes no step', async () => {
      const training = lineTraining();
      const result = await fit(training, lineBatches([1]), { epochs: 1, signal: AbortSignal.abort() });
      assert.deepEqual(result, { epochs: [], interrupted: true });
      assert.equal(weightOf(training), 3);
      training.dispose();
    });

    it('leaves no tensor behind', async () => {
      const training = tinyTraining();
      await expectNoTensorLeak(() =>
        fit(training, tinyBatches(), { epochs: 1, signal: AbortSignal.abort() }),
      );
      training.dispose();
    });
  });

  describe('at NaN', () => {
    const source = lineBatches([1], [NaN], [1]);

    it('stops, names step, pass and operand, and has moved nothing', async () => {
      const training = lineTraining();
      await assert.rejects(fit(training, source, { epochs: 1 }), (error) => {
        assert.ok(error instanceof NonFiniteError);
        assert.equal(
          error.message,
          'NaN or infinity in the clean pass of step 1 (epoch 1); the first operand that is not finite is "line/input:0"; ' +
            'nothing has moved: lower the learning rate, or skip such steps with onNonFinite "skip"',
        );
        return true;
      });
      // One good step: 3 − 0.6
      expectClose(weightOf(training), 2.4);
      training.dispose();
    });

    it('finds the operand where it begins', async () => {
      const training = lineTraining();
      training.hooks.operand.tap('test', (value, { role }, { phase }) =>
        role === 'weight' && phase !== 'calibrate' ? value.mul(Infinity) : value,
      );
      await assert.rejects(fit(training, lineBatches([1]), { epochs: 1 }), /not finite is "line\/kernel"/);
      training.dispose();
    });

    it('forgets the statistics that the search has gathered', async () => {
      let discarded = 0;
      const model = {
        ...lineModel(),
        discardStatistics() {
          discarded += 1;
        },
      };
      const training = createTraining({ model, loss: meanSquaredError, optimizer: plainSgd(0.1) });
      await assert.rejects(fit(training, lineBatches([1], [NaN]), { epochs: 1 }), NonFiniteError);
      assert.equal(discarded, 1);
      training.dispose();
    });

    it('says so when no operand is to blame', async () => {
      const training = lineTraining({}, { plugins: [shiftPlugin(() => Infinity)] });
      await assert.rejects(
        fit(training, lineBatches([1]), { epochs: 1 }),
        /in the perturbed pass of step 0 \(epoch 1\); without the perturbation every operand is finite/,
      );
      training.dispose();
    });

    it('does not calibrate with a batch that holds it', async () => {
      const training = lineTraining();
      let calibrations = 0;
      training.hooks.onCalibrated.tapPromise('count', async () => void (calibrations += 1));
      await assert.rejects(
        fit(training, lineBatches([NaN], [1]), { epochs: 1 }),
        /^NonFiniteError: NaN or infinity in the calibrating pass, first at "line\/input:0"$/,
      );
      assert.equal(training.position.calibrated, false);
      const { epochs } = await fit(training, lineBatches([NaN], [1]), { epochs: 1, onNonFinite: 'skip' });
      assert.deepEqual([calibrations, epochs[0]!.training.skippedSteps, training.position.step], [1, 1, 2]);
      training.dispose();
    });

    it('stands where it stood before the step that failed', async () => {
      const training = lineTraining();
      await assert.rejects(fit(training, source, { epochs: 1 }), NonFiniteError);
      assert.deepEqual(training.position, {
        epoch: 0,
        step: 1,
        stepInEpoch: 1,
        stepsPerEpoch: 3,
        calibrated: true,
      });
      training.dispose();
    });

    it('skips such steps if told so, and counts them', async () => {
      const training = lineTraining();
      const { epochs } = await fit(training, source, { epochs: 1, onNonFinite: 'skip' });
      // Steps at w = 3 and w = 2.4; see trainStep.
      expectClose(weightOf(training), 1.38);
      assert.equal(epochs[0]!.training.skippedSteps, 1);
      expectClose(epochs[0]!.training.loss, (9 + 2.4 ** 2) / 2);
      assert.equal(epochs[0]!.step, 3);
      training.dispose();
    });

    it('leaves no tensor behind either way', async () => {
      const training = tinyTraining();
      const broken = {
        ...tinyBatches(),
        *batches() {
          yield { inputs: [tf.fill([2, 4], NaN)], targets: [tf.tensor1d([0, 1], 'int32')], size: 2 };
        },
      };
      await expectNoTensorLeak(() => assert.rejects(fit(training, broken, { epochs: 1 }), NonFiniteError));
      training.dispose();
    });
  });
});
