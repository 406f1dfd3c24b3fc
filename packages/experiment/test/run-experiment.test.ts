import type { TrainingPlugin } from '@flatbit/core';
import {
  runExperiment,
  readMetrics,
  runFiles,
  type ExperimentConfig,
  type MetricsLine,
} from '@flatbit/experiment';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';
import { tinyExperiment } from './tiny-experiment.js';

const w4 = { bits: { weights: 4, activations: 4, first: { weights: 8, activations: 32 }, last: 8 } } as const;

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

const zero = { seconds: 0, examplesPerSecond: 0 };

const withoutTiming = (folder: string) =>
  readMetrics(runFiles(folder).metrics).map((line): MetricsLine => ({ ...line, timing: zero }));

describe('runExperiment', () => {
  let out: string;
  const warnings: string[] = [];
  const warn = (line: string) => void warnings.push(line);

  beforeEach(() => {
    out = join(temporaryFolder(), 'run');
    warnings.length = 0;
  });

  const run = (changes: Partial<ExperimentConfig> = {}, options: object = {}) =>
    runExperiment(tinyExperiment(changes), { out, warn, ...options });

  it('fills the run folder', async () => {
    const result = await run({ ...w4, sam: { rho: 0.05 } });
    expect(result).to.include({ folder: out, interrupted: false, epoch: 2, step: 6 });
    expect(readdirSync(out).sort()).to.deep.equal([
      'bits.json',
      'checkpoints',
      'experiment.json',
      'metrics.jsonl',
      'plots',
      'summary.json',
    ]);
    expect(readdirSync(join(out, 'checkpoints')).sort()).to.deep.equal([
      'epoch-0001-step-000003',
      'epoch-0002-step-000006',
    ]);
    expect(readdirSync(join(out, 'plots')).sort()).to.deep.equal(['layers.svg', 'training.svg']);
    expect(readFileSync(join(out, 'plots', 'training.svg'), 'utf8')).to.match(/^<svg .*<\/svg>\s*$/s);
    expect(warnings).to.deep.equal([]);
  });

  it('says in experiment.json what was run, and on what', async () => {
    await run();
    const { settings, engine, versions } = json(join(out, 'experiment.json'));
    expect(settings).to.deep.include({
      name: 'tiny',
      seed: 1,
      batchSize: 8,
      bits: { weights: 32, activations: 32 },
    });
    expect(engine).to.deep.include({ name: 'cpu', threads: 1 });
    expect(versions).to.include({ tfjs: '4.22.0', node: process.versions.node });
    expect(versions)
      .to.have.property('flatbit')
      .that.matches(/^\d+\.\d+\.\d+$/);
  });

  it('says in metrics.jsonl what each epoch measured, times under one key', async () => {
    await run();
    const lines = readMetrics(join(out, 'metrics.jsonl'));
    expect(lines.map(({ epoch, step }) => [epoch, step])).to.deep.equal([
      [1, 3],
      [2, 6],
    ]);
    for (const line of lines) {
      expect(Object.keys(line)).to.deep.equal([
        'epoch',
        'step',
        'learningRateFactor',
        'training',
        'validation',
        'timing',
      ]);
      expect(Object.keys(line.training.metrics)).to.deep.equal(['accuracy']);
    }
  });

  it('says in summary.json what the run has come to', async () => {
    const { summary } = await run({ ...w4, sam: { rho: 0.05 } });
    expect(json(join(out, 'summary.json'))).to.deep.equal(summary);
    const [last] = readMetrics(join(out, 'metrics.jsonl')).slice(-1);
    expect(summary).to.deep.include({
      name: 'tiny',
      epochs: 2,
      steps: 6,
      training: last!.training,
      validation: last!.validation,
    });
    expect(summary!.test!.metrics['accuracy']).to.be.within(0, 1);
    const { loss, perturbedLoss, sharpness } = summary!.sharpness!;
    expect(loss).to.equal(summary!.validation!.loss);
    expect(sharpness).to.equal(perturbedLoss - loss);
  });

  it('says in bits.json what each layer costs', async () => {
    const { summary } = await run(w4);
    // 3x3 kernels on 8x8, 4x4 and 2x2 places: 1 -> 2 -> 4 -> 8 channels, and 8 features to 3 classes.
    const macs = { conv1: 9 * 2 * 64, conv2: 9 * 2 * 4 * 16, conv3: 9 * 4 * 8 * 4, dense: 8 * 3 };
    expect(json(join(out, 'bits.json'))).to.deep.equal({
      conv1: { weights: 8, activations: 32, macs: macs.conv1, bops: macs.conv1 * 8 * 32 },
      conv2: { weights: 4, activations: 4, macs: macs.conv2, bops: macs.conv2 * 16 },
      conv3: { weights: 4, activations: 4, macs: macs.conv3, bops: macs.conv3 * 16 },
      dense: { weights: 8, activations: 8, macs: macs.dense, bops: macs.dense * 64 },
    });
    expect(summary!.bops).to.deep.include({
      bops: macs.conv1 * 8 * 32 + (macs.conv2 + macs.conv3) * 16 + macs.dense * 64,
      macs: macs.conv1 + macs.conv2 + macs.conv3 + macs.dense,
      convention: 'actual',
    });
  });

  it('installs no quantizer at 32 bits, and says that the bits are 32', async () => {
    const installed: string[] = [];
    const spy: TrainingPlugin = {
      name: 'spy',
      apply: (hooks) => void installed.push(...hooks.operand.taps.map(({ name }) => name)),
    };
    await run({ plugins: [spy] });
    expect(installed).to.deep.equal([]);
    expect(json(join(out, 'bits.json'))['conv2']).to.include({ weights: 32, activations: 32 });
  });

  it('writes the same numbers for the same seed, and others for another', async () => {
    const settings = {
      ...w4,
      sam: { rho: 0.05 },
      data: { ...tinyExperiment().data, augment: { crop: 1, flip: true } },
    };
    const folders = [1, 1, 2].map((seed, index) => ({ seed, folder: `${out}${index}` }));
    for (const { seed, folder } of folders) {
      await runExperiment(tinyExperiment({ ...settings, seed } as ExperimentConfig), { out: folder, warn });
    }
    const [first, second, other] = folders.map(({ folder }) => withoutTiming(folder));
    expect(second).to.deep.equal(first);
    expect(other).to.not.deep.equal(first);
    const files = ['bits.json', 'experiment.json', 'plots/training.svg', 'plots/layers.svg'];
    for (const file of files) {
      expect(readFileSync(join(folders[1]!.folder, file), 'utf8'), file).to.equal(
        readFileSync(join(folders[0]!.folder, file), 'utf8'),
      );
    }
  });

  it('leaves no tensor behind', async () => {
    await run(w4);
    const before = tf.memory().numTensors;
    await run(w4, { overwrite: true });
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('goes on after an interruption as if there had been none', async () => {
    const settings = { ...w4, sam: { rho: 0.05 }, epochs: 3 };
    const whole = `${out}-whole`;
    await runExperiment(tinyExperiment(settings), { out: whole, warn });
    const controller = new AbortController();
    const stopAt: TrainingPlugin = {
      name: 'stop',
      apply: ({ afterStep }) =>
        afterStep.tap('stop', ({ context }) => {
          // The second step of the second epoch.
          if (context.step === 4) controller.abort();
        }),
    };
    const interrupted = await runExperiment(tinyExperiment({ ...settings, plugins: [stopAt] }), {
      out,
      warn,
      signal: controller.signal,
    });
    expect(interrupted).to.deep.equal({ folder: out, interrupted: true, epoch: 1, step: 5 });
    expect(existsSync(join(out, 'summary.json'))).to.equal(false);
    const gone: TrainingPlugin = { name: 'stop', apply() {} };
    await runExperiment(tinyExperiment({ ...settings, plugins: [gone] }), { out, warn, resume: true });
    expect(withoutTiming(out)).to.deep.equal(withoutTiming(whole));
    const measures = (summary: Record<string, unknown>) => ({ ...summary, timing: zero });
    expect(measures(json(join(out, 'summary.json')))).to.deep.equal(
      measures(json(join(whole, 'summary.json'))),
    );
    expect(warnings).to.deep.equal([]);
  });
});
