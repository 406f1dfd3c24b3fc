import 'reflect-metadata';
import { readdirSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type BatchSource,
  evaluate,
  fit,
  type FitOptions,
  type Training,
  type TrainingPlugin,
  UsageError,
} from '@flatbit/core';
import { TRAINING_PLUGIN } from '@flatbit/core/tokens';
import {
  bestCheckpoint,
  checkpointPlugin,
  type CheckpointOptions,
  latestCheckpoint,
  loadCheckpoint,
  restoreTraining,
} from '@flatbit/plugin-checkpoint';
import { checkpointModule } from '@flatbit/plugin-checkpoint/module';
import {
  expectSameVariables,
  pluginContract,
  readVariables,
  testEngine,
  tinyBatches,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Container } from 'inversify';
import { temporaryFolder } from './temporary-folder.js';

pluginContract('checkpoint', () =>
  checkpointPlugin({ folder: temporaryFolder(), best: { metric: 'accuracy', mode: 'max' } }),
);

describe('checkpointPlugin', () => {
  before(() => tf.setBackend(testEngine));

  const source = tinyBatches();
  const validation = tinyBatches({ seed: 2 });

  /** Interrupts after so many steps in all. */
  function stopAfter(steps: number): { plugin: TrainingPlugin; signal: AbortSignal } {
    const controller = new AbortController();
    const plugin: TrainingPlugin = {
      name: 'stop',
      apply: ({ onStepEnd }) =>
        onStepEnd.tap('stop', ({ step }) => {
          if (step + 1 === steps) controller.abort();
        }),
    };
    return { plugin, signal: controller.signal };
  }

  /** Pretends that validation gave these accuracies, epoch by epoch. */
  function pretend(accuracies: readonly number[]): TrainingPlugin {
    return {
      name: 'pretend',
      apply: ({ onEpochEnd }) =>
        onEpochEnd.intercept({
          call: (summary) =>
            void Object.assign(summary, {
              validation: { loss: 1, metrics: { accuracy: accuracies[summary.epoch - 1]! } },
            }),
        }),
    };
  }

  const names = (folder: string) => readdirSync(folder).sort();

  async function run(
    options: Omit<CheckpointOptions, 'folder'>,
    fitOptions: FitOptions,
    plugins: readonly TrainingPlugin[] = [],
    folder = temporaryFolder(),
  ): Promise<string> {
    const training = tinyTraining([...plugins, checkpointPlugin({ folder, ...options })]);
    await fit(training, source, fitOptions);
    training.dispose();
    return folder;
  }

  it('stores each epoch and keeps the last two', async () => {
    expect(names(await run({}, { epochs: 4 }))).to.deep.equal([
      'epoch-0003-step-000009',
      'epoch-0004-step-000012',
    ]);
  });

  it('stores every n-th epoch and the last', async () => {
    expect(names(await run({ every: { epochs: 2 }, keepLast: 9 }, { epochs: 5 }))).to.deep.equal([
      'epoch-0002-step-000006',
      'epoch-0004-step-000012',
      'epoch-0005-step-000015',
    ]);
  });

  it('stores an interrupted epoch, but not twice what the epoch before has stored', async () => {
    const middle = stopAfter(4);
    expect(names(await run({}, { epochs: 3, signal: middle.signal }, [middle.plugin]))).to.deep.equal([
      'epoch-0001-step-000003',
      'epoch-0001-step-000004',
    ]);
    const border = stopAfter(3);
    expect(names(await run({}, { epochs: 3, signal: border.signal }, [border.plugin]))).to.deep.equal([
      'epoch-0001-step-000003',
    ]);
  });

  it('keeps the best epoch beside the last, the first of equals', async () => {
    const best = { metric: 'accuracy', mode: 'max' } as const;
    const folder = await run({ keepLast: 1, best }, { epochs: 5 }, [pretend([0.2, 0.8, 0.8, 0.4, 0.5])]);
    expect(names(folder)).to.deep.equal(['epoch-0002-step-000006', 'epoch-0005-step-000015']);
    expect(basename((await bestCheckpoint(folder))!)).to.equal('epoch-0002-step-000006');
    expect(basename((await latestCheckpoint(folder))!)).to.equal('epoch-0005-step-000015');
  });

  it('stores the best epoch even where it would store none', async () => {
    const best = { metric: 'accuracy', mode: 'min' } as const;
    const folder = await run({ every: { epochs: 10 }, best }, { epochs: 4 }, [pretend([0.9, 0.1, 0.3, 0.2])]);
    expect(names(folder)).to.deep.equal(['epoch-0002-step-000006', 'epoch-0004-step-000012']);
    const { manifest } = await loadCheckpoint((await bestCheckpoint(folder))!);
    expect(manifest.score).to.deep.equal({ metric: 'accuracy', mode: 'min', value: 0.1 });
  });

  it('takes an epoch whose measure is NaN for no score at all', async () => {
    const best = { metric: 'accuracy', mode: 'max' } as const;
    const folder = await run({ keepLast: 1, best }, { epochs: 3 }, [pretend([NaN, 0.1, NaN])]);
    expect(names(folder)).to.deep.equal(['epoch-0002-step-000006', 'epoch-0003-step-000009']);
  });

  it('goes by the validation loss as evaluate gives it', async () => {
    const folder = temporaryFolder();
    const training = tinyTraining([checkpointPlugin({ folder, best: { metric: 'loss', mode: 'min' } })]);
    await fit(training, source, { epochs: 1, validation });
    const { manifest } = await loadCheckpoint((await bestCheckpoint(folder))!);
    expect(manifest.score!.value).to.equal((await evaluate(training, validation)).loss);
    training.dispose();
  });

  it('remembers the best epoch across a resume', async () => {
    const folder = temporaryFolder();
    const options = { folder, keepLast: 1, best: { metric: 'accuracy', mode: 'max' } } as const;
    const first = tinyTraining([pretend([0.9, 0.1]), checkpointPlugin(options)]);
    await fit(first, source, { epochs: 2 });
    const second = tinyTraining([
      pretend([0, 0, 0.5]),
      checkpointPlugin({ ...options, every: { epochs: 9 } }),
    ]);
    await restoreTraining(second, folder);
    await fit(second, source, { epochs: 4, signal: stopAt(second, 9) });
    // 0.5 is not better than the 0.9 from before, and nothing else asked to be stored but the interrupt.
    expect(names(folder)).to.deep.equal(['epoch-0001-step-000003', 'epoch-0003-step-000009']);
    first.dispose();
    second.dispose();
  });

  function stopAt({ hooks }: Training, steps: number): AbortSignal {
    const controller = new AbortController();
    hooks.onStepEnd.tap('test', ({ step }) => {
      if (step + 1 === steps) controller.abort();
    });
    return controller.signal;
  }

  it('knows nothing of a best epoch by another measure', async () => {
    const folder = temporaryFolder();
    const first = tinyTraining([
      pretend([0.9]),
      checkpointPlugin({ folder, best: { metric: 'accuracy', mode: 'max' } }),
    ]);
    await fit(first, source, { epochs: 1 });
    const second = tinyTraining([
      pretend([0, 0.5]),
      checkpointPlugin({ folder, keepLast: 1, best: { metric: 'loss', mode: 'min' } }),
    ]);
    await restoreTraining(second, folder);
    await fit(second, source, { epochs: 2 });
    expect(basename((await bestCheckpoint(folder))!)).to.equal('epoch-0002-step-000006');
    first.dispose();
    second.dispose();
  });

  for (const [where, steps] of [
    ['at the end of an epoch', 6],
    ['in the middle of an epoch', 7],
  ] as const) {
    it(`lets an interrupted run go on bit for bit ${where}`, async () => {
      const folder = temporaryFolder();
      const whole = tinyTraining([checkpointPlugin({ folder: temporaryFolder() })]);
      const expected = await fit(whole, source, { epochs: 4, validation });
      const { plugin, signal } = stopAfter(steps);
      const first = tinyTraining([plugin, checkpointPlugin({ folder })]);
      const before = await fit(first, source, { epochs: 4, validation, signal });
      const second = tinyTraining([checkpointPlugin({ folder })], { seed: 5 });
      await restoreTraining(second, folder);
      const after = await fit(second, source, { epochs: 4, validation });
      expectSameVariables(await readVariables(second), await readVariables(whole));
      const measures = [...before.epochs, ...after.epochs].map(({ training, validation: measured }) => ({
        training,
        measured,
      }));
      expect(measures).to.deep.equal(
        expected.epochs.map(({ training, validation: measured }) => ({ training, measured })),
      );
      for (const training of [whole, first, second]) training.dispose();
    });
  }

  it('goes on exactly from an older checkpoint when the newest is broken, and replaces it', async () => {
    const folder = await run({}, { epochs: 3 });
    const broken: string[] = [];
    truncateSync(join(folder, 'epoch-0003-step-000009', 'manifest.json'), 10);
    const training = tinyTraining([checkpointPlugin({ folder })], { warn: (line) => broken.push(line) });
    await restoreTraining(training, folder);
    expect(broken).to.have.length(1);
    await fit(training, source, { epochs: 3 });
    const whole = tinyTraining();
    await fit(whole, source, { epochs: 3 });
    expectSameVariables(await readVariables(training), await readVariables(whole));
    expect(basename((await latestCheckpoint(folder))!)).to.equal('epoch-0003-step-000009-r2');
    training.dispose();
    whole.dispose();
  });

  it('stores what other plugins change between epochs', async () => {
    const folder = temporaryFolder();
    let trained = 0;
    const generator: TrainingPlugin = {
      name: 'generator',
      apply({ onEpochEnd, collectState }) {
        onEpochEnd.tapPromise('generator', async () => {
          trained += 1;
        });
        collectState.tap('generator', (state) => {
          state.section('generator').values = { trained };
        });
      },
    };
    const training = tinyTraining([checkpointPlugin({ folder }), generator]);
    await fit(training, source, { epochs: 2 });
    const { state } = await loadCheckpoint((await latestCheckpoint(folder))!);
    expect(state.section('generator').values).to.deep.equal({ trained: 2 });
    training.dispose();
  });

  it('says at the first epoch that there is no such measure', async () => {
    const training = tinyTraining([
      checkpointPlugin({ folder: temporaryFolder(), best: { metric: 'acuracy', mode: 'max' } }),
    ]);
    const failing = async (options: FitOptions, data: BatchSource = source) => {
      const error = await fit(training, data, options).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(UsageError);
      return (error as Error).message;
    };
    expect(await failing({ epochs: 1, validation })).to.equal(
      'plugin "checkpoint", hook "onEpochEnd": checkpoint.best: validation has no metric "acuracy"; it has loss, accuracy',
    );
    expect(await failing({ epochs: 2 })).to.include('nothing is validated; give fit a validation source');
    training.dispose();
  });

  it('refuses options that cannot be', () => {
    const folder = 'none';
    expect(() => checkpointPlugin('runs/a' as never)).to.throw(
      UsageError,
      'checkpoint: got "runs/a"; takes an object',
    );
    expect(() => checkpointPlugin({} as never)).to.throw(
      UsageError,
      'checkpoint.folder: got nothing; takes the path of a folder, such as "runs/digits/checkpoints"',
    );
    expect(() => checkpointPlugin({ folder, keepLast: 0 })).to.throw(
      UsageError,
      'checkpoint.keepLast: got 0; takes a whole number from 1',
    );
    expect(() => checkpointPlugin({ folder, every: { epochs: 0.5 } })).to.throw(
      UsageError,
      'checkpoint.every.epochs: got 0.5',
    );
    expect(() => checkpointPlugin({ folder, manifest: { score: 1 } })).to.throw(UsageError, 'field "score"');
    expect(() => checkpointPlugin({ folder, manifest: { seed: NaN } })).to.throw(
      UsageError,
      'checkpoint.manifest.seed is NaN, which JSON cannot hold',
    );
  });
});

describe('checkpointModule', () => {
  it('binds a plugin of its own in each container', () => {
    const plugins = [1, 2].map(() => {
      const container = new Container({ defaultScope: 'Singleton', jitless: true });
      container.load(checkpointModule({ folder: 'none' }));
      return container.get(TRAINING_PLUGIN);
    });
    expect(plugins.map(({ name }) => name)).to.deep.equal(['checkpoint', 'checkpoint']);
    expect(plugins[0]).not.to.equal(plugins[1]);
  });
});
