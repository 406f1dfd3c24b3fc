import { NonFiniteError, type Loss, type TrainingPlugin } from '@flatbit/core';
import {
  countRunBops,
  evaluateRun,
  planExperiment,
  runExperiment,
  readMetrics,
  runFiles,
  type ExperimentConfig,
  type MetricsLine,
} from '@flatbit/experiment';
import { loadCheckpoint } from '@flatbit/plugin-checkpoint';
import { QUANTIZER } from '@flatbit/plugin-quantize/module';
import { liqQuantizer, lsqQuantizer } from '@flatbit/quantizers';
import { writeSafetensors } from '@flatbit/safetensors';
import { testEngine, tinyBatches } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { asStateDict } from './as-state-dict.js';
import { temporaryFolder } from './temporary-folder.js';
import { tinyExperiment } from './tiny-experiment.js';
import { wrongUse } from './wrong-use.js';

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
    expect(engine).to.deep.include({ name: testEngine });
    expect(engine).to.have.property('threads').that.is.at.least(1);
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
    const { conv2d, dense, flatten } = tf.layers;
    const convolution = { kernelSize: 3, padding: 'same' } as const;
    const model = () =>
      tf.sequential({
        layers: [
          conv2d({ name: 'conv1', filters: 2, inputShape: [8, 8, 1], ...convolution }),
          conv2d({ name: 'conv2', filters: 4, ...convolution }),
          flatten(),
          dense({ name: 'dense', units: 3 }),
        ],
      });
    const { summary } = await run({ ...w4, model, epochs: 0 });
    // 3x3 kernels on 8x8 places, 1 -> 2 -> 4 channels, and 4 * 64 features to 3 classes.
    const macs = { conv1: 9 * 2 * 64, conv2: 9 * 2 * 4 * 64, dense: 4 * 64 * 3 };
    const { versions } = json(join(out, 'experiment.json'));
    expect(json(join(out, 'bits.json'))).to.deep.equal({
      format: 'flatbit-bits',
      schemaVersion: 1,
      bops: macs.conv1 * 8 * 32 + macs.conv2 * 16 + macs.dense * 64,
      convention: 'actual',
      seed: 1,
      versions,
      layers: {
        conv1: { weights: 8, activations: 32, macs: macs.conv1, bops: macs.conv1 * 8 * 32 },
        conv2: { weights: 4, activations: 4, macs: macs.conv2, bops: macs.conv2 * 16 },
        dense: { weights: 8, activations: 8, macs: macs.dense, bops: macs.dense * 64 },
      },
    });
    expect(summary!.bops).to.deep.include({
      bops: macs.conv1 * 8 * 32 + macs.conv2 * 16 + macs.dense * 64,
      macs: macs.conv1 + macs.conv2 + macs.dense,
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
    expect(json(join(out, 'bits.json'))['layers'])
      .to.have.property('conv2')
      .that.includes({ weights: 32, activations: 32 });
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

  it('starts from the weights of another run, and from nothing else of it', async () => {
    const float = `${out}-float`;
    await runExperiment(tinyExperiment({ epochs: 3 }), { out: float, warn });
    const seen: { readonly calibrated: boolean; readonly weight: number }[] = [];
    const spy: TrainingPlugin = {
      name: 'spy',
      apply: ({ operand }) =>
        operand.tap({ name: 'spy', stage: -1000 }, (value, { key }, { phase }) => {
          if (key === 'dense/kernel')
            seen.push({ calibrated: phase !== 'calibrate', weight: value.dataSync()[0]! });
          return value;
        }),
    };
    const { summary } = await run({ ...w4, start: float, seed: 5, plugins: [spy] });
    const { tensors } = (
      await loadCheckpoint(join(float, 'checkpoints', 'epoch-0003-step-000009'))
    ).state.section('variables');
    expect(seen[0]).to.deep.equal({ calibrated: false, weight: tensors.get('dense/kernel')!.data[0] });
    expect(summary!.steps).to.equal(6);
  });

  for (const [what, path] of [
    ['folder of checkpoints', 'checkpoints'],
    ['checkpoint', join('checkpoints', 'epoch-0001-step-000003')],
  ] as const) {
    it(`starts from the path of a ${what}`, async () => {
      const float = `${out}-float`;
      await runExperiment(tinyExperiment({ epochs: 1 }), { out: float, warn });
      // Without an epoch the weights stay where they start, and so does what they measure.
      const { summary } = await run({ epochs: 0, start: join(float, path) });
      const { validation } = readMetrics(runFiles(float).metrics)[0]!;
      expect(summary!.validation).to.deep.equal(validation);
    });
  }

  it('trains with the bits that another run, or a list, has', async () => {
    const first = `${out}-first`;
    const bits = { ...w4.bits, layers: [{ match: 'conv3', weights: 2 }] };
    await runExperiment(tinyExperiment({ bits, epochs: 1 }), { out: first, warn });
    const { summary } = await run({ bits: `${join(first, 'bits.json')}` as 'bits.json', epochs: 1 });
    expect(json(join(out, 'bits.json'))).to.deep.equal(json(join(first, 'bits.json')));
    const measures = (folder: string) => ({ ...json(join(folder, 'summary.json')), timing: zero });
    expect(measures(out)).to.deep.equal(measures(first));

    // Five convolutions are neither first nor last.
    const listed = await runExperiment(tinyExperiment({ bits: [4, 2, 4, 4, 4], epochs: 1 }), {
      out: `${out}-list`,
      warn,
    });
    // conv3 has 4 bits for its activations in the one, and 2 in the other: 2x2 places, 3x3 kernels, 2 -> 4 channels.
    const conv3 = (json(join(out, 'bits.json'))['layers'] as Record<string, { macs: number }>)['conv3']!;
    expect(summary!.bops.bops - listed.summary!.bops.bops).to.equal(conv3.macs * (2 * 4 - 2 * 2));
  });

  it('goes on with the bits that it began with, whatever has become of their file', async () => {
    const file = `${out}-bits.json`;
    writeFileSync(file, '[4, 4, 4, 4, 4]');
    const experiment = tinyExperiment({ bits: file as 'bits.json', epochs: 1 });
    await runExperiment(experiment, { out, warn });
    expect((json(join(out, 'experiment.json'))['settings'] as { bits: unknown }).bits).to.deep.equal([
      4, 4, 4, 4, 4,
    ]);
    rmSync(file);
    expect((await countRunBops(out)).layers[1]).to.include({ weightBits: 4, activationBits: 4 });
    await evaluateRun(out, { warn });
  });

  it('refuses bits of another network', async () => {
    expect(await wrongUse(() => run({ bits: [4, 4] }))).to.match(
      /a list of 2 bits; this network takes 5: one for/,
    );
    const layers = { conv: { weights: 4, activations: 4 } };
    const bits = { format: 'flatbit-bits', schemaVersion: 1, layers } as const;
    expect(await wrongUse(() => run({ bits }))).to.match(
      /bits of layer "conv": there is no such layer; layers are conv1, conv2, /,
    );
    expect(existsSync(out)).to.equal(false);
  });

  it('starts from a PyTorch state dict', async () => {
    const float = `${out}-float`;
    await runExperiment(tinyExperiment({ epochs: 1 }), { out: float, warn });
    const checkpoint = await loadCheckpoint(join(float, 'checkpoints', 'epoch-0001-step-000003'));
    const file = `${out}.safetensors`;
    writeFileSync(file, Buffer.concat(writeSafetensors(asStateDict(checkpoint.state))));
    const { summary } = await run({ epochs: 0, start: file });
    expect(summary!.validation).to.deep.equal(readMetrics(runFiles(float).metrics)[0]!.validation);
  });

  it('refuses a state dict that does not fit, or is not there', async () => {
    const file = `${out}.safetensors`;
    writeFileSync(file, Buffer.concat(writeSafetensors(new Map())));
    expect(await wrongUse(() => run({ start: file }))).to.match(
      /^start: ".*\.safetensors": the file holds weights of another model than small-cnn: conv1\.weight is missing; /,
    );
    expect(await wrongUse(() => run({ start: 'nowhere.safetensors' }))).to.equal(
      'start: "nowhere.safetensors": there is no such file',
    );
    expect(existsSync(out)).to.equal(false);
  });

  it('refuses to start from another model, and from where there is none', async () => {
    const float = `${out}-float`;
    await runExperiment(tinyExperiment({ epochs: 1 }), { out: float, warn });
    expect(await wrongUse(() => run({ start: float, model: { name: 'small-cnn', width: 4 } }))).to.match(
      /^start: ".*-float" holds another model: conv1\/kernel is \[3, 3, 1, 2\], not \[3, 3, 1, 4\]; .*; and \d+ more$/,
    );
    expect(await wrongUse(() => run({ start: 'nowhere' }))).to.equal(
      'start: "nowhere" holds no checkpoint; train that run first (flatbit train <its file> --out nowhere), or give the path of a run or a checkpoint',
    );
    expect(existsSync(out)).to.equal(false);
  });

  it('quantizes what was trained, if there is no epoch to train', async () => {
    const float = `${out}-float`;
    await runExperiment(tinyExperiment({ epochs: 3 }), { out: float, warn });
    const { summary } = await run({ bits: 8, epochs: 0, start: float });
    const trained = json(join(float, 'summary.json')) as { test: { loss: number } };
    // Eight bits are close to the network in full precision, and not the same.
    expect(summary!.test!.loss).to.be.closeTo(trained.test.loss, 0.05);
    expect(summary!.test!.loss).to.not.equal(trained.test.loss);
    expect(summary).to.include({ epochs: 0, steps: 0 }).and.not.have.property('training');
    expect(readdirSync(join(out, 'plots'))).to.deep.equal(['layers.svg']);
  });

  it('goes on for more epochs, and cuts back lines that no checkpoint knows', async () => {
    const settings = { ...w4, checkpoint: { every: 2, keepLast: 5 } };
    await run({ ...settings, epochs: 4 });
    // As if the process had been killed in the fourth epoch, with the third one's line written.
    rmSync(join(out, 'checkpoints', 'epoch-0004-step-000012'), { recursive: true });
    await run({ ...settings, epochs: 5 }, { resume: true });
    const whole = `${out}-whole`;
    await runExperiment(tinyExperiment({ ...settings, epochs: 5 }), { out: whole, warn });
    expect(withoutTiming(out)).to.deep.equal(withoutTiming(whole));
  });

  it('does not bend a cosine when it goes on for more epochs', async () => {
    const curve = { name: 'cosine' } as const;
    await run({ epochs: 2, schedule: curve });
    expect(await wrongUse(() => run({ epochs: 3, schedule: curve }, { resume: true }))).to.equal(
      `${out}: the run in it has other settings: schedule.epochs was 2 and is 3; ` +
        'resume with the same ones (epochs may be raised, with the old schedule.epochs)',
    );
    const settings = { epochs: 3, schedule: { ...curve, epochs: 2 } };
    await run(settings, { resume: true });
    const whole = `${out}-whole`;
    await runExperiment(tinyExperiment(settings), { out: whole, warn });
    expect(withoutTiming(out)).to.deep.equal(withoutTiming(whole));
  });

  it('begins at the beginning when it was killed before the first checkpoint', async () => {
    await run({ epochs: 1, checkpoint: false });
    writeFileSync(join(out, 'metrics.jsonl'), '');
    await run({ epochs: 2, checkpoint: false }, { resume: true });
    expect(readMetrics(runFiles(out).metrics).map(({ epoch }) => epoch)).to.deep.equal([1, 2]);
  });

  describe('without a whole checkpoint', () => {
    const contents = () =>
      ['experiment.json', 'metrics.jsonl', 'summary.json'].map((name) =>
        readFileSync(join(out, name), 'utf8'),
      );
    const refusal = () =>
      `${out}: no whole checkpoint is left; bring its checkpoints back, or train again (--overwrite)`;

    it('does not go on with a run that has epochs behind it, and writes nothing', async () => {
      await run();
      rmSync(join(out, 'checkpoints'), { recursive: true });
      const before = contents();
      expect(await wrongUse(() => run({ epochs: 3 }, { resume: true }))).to.equal(refusal());
      expect(contents()).to.deep.equal(before);
    });

    it('does not go on where checkpoints are broken, whether or not there are lines', async () => {
      await run();
      for (const name of readdirSync(join(out, 'checkpoints')))
        rmSync(join(out, 'checkpoints', name, 'manifest.json'));
      writeFileSync(join(out, 'metrics.jsonl'), '');
      const before = contents();
      expect(await wrongUse(() => run({ epochs: 3 }, { resume: true }))).to.equal(refusal());
      expect(contents()).to.deep.equal(before);
    });
  });

  it('has no summary while it goes on: that of fewer epochs is gone', async () => {
    await run({ epochs: 1 });
    const controller = new AbortController();
    controller.abort();
    const { interrupted } = await run({ epochs: 2 }, { resume: true, signal: controller.signal });
    expect(interrupted).to.equal(true);
    expect(existsSync(join(out, 'summary.json'))).to.equal(false);
  });

  it('sums up a last epoch in which every step was skipped', async () => {
    const source = tinyBatches();
    const nan: Loss = ([outputs]) => outputs!.mul(NaN).mean() as tf.Scalar;
    const { summary } = await run({
      data: { train: source, validation: source },
      model: () =>
        tf.sequential({
          layers: [
            tf.layers.dense({
              units: 2,
              inputShape: [4],
              kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }),
            }),
          ],
        }),
      loss: nan,
      onNonFinite: 'skip',
    });
    const [line] = readMetrics(runFiles(out).metrics);
    expect(line!.training).to.deep.include({ loss: null, skippedSteps: source.stepsPerEpoch });
    expect(summary!.training!.loss).to.equal(null);
    expect(json(join(out, 'summary.json'))).to.deep.equal(summary);
  });

  it('stops at NaN with everything in place, or skips such steps', async () => {
    const wild = { optimizer: { name: 'sgd', learningRate: 1e30 } } as const;
    let thrown: unknown;
    await run(wild).catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.instanceOf(NonFiniteError);
    const { summary } = await run({ ...wild, onNonFinite: 'skip' }, { overwrite: true });
    expect(summary!.training!.skippedSteps).to.be.greaterThan(0);
  });

  it('writes nothing when the parts do not fit together', async () => {
    const mine: TrainingPlugin = { name: 'mine', conflictsWith: ['quantize'], apply() {} };
    expect(await wrongUse(() => run({ ...w4, plugins: [mine] }))).to.equal(
      'plugin "mine" conflicts with plugin "quantize"; leave one of them out',
    );
    expect(await wrongUse(() => run({ model: { name: 'nothing' } }))).to.match(
      /^model: unknown model "nothing"/,
    );
    expect(await wrongUse(() => run({ bits: 1, quantizer: { name: 'lsq' } }))).to.match(
      /^plugin "quantize", hook "prepare": operand ".*": quantizer "lsq"/,
    );
    expect(
      await wrongUse(() => run({ checkpoint: { best: 'accuracy' }, loss: () => tf.scalar(0) })),
    ).to.match(/^checkpoint\.best: got "accuracy", which is measured with softmaxCrossEntropy alone/);
    expect(existsSync(out)).to.equal(false);
  });

  it('leaves no tensor behind when the parts do not fit together', async () => {
    await run();
    const before = tf.memory().numTensors;
    await wrongUse(() => run({ bits: 1, quantizer: { name: 'lsq' } }, { overwrite: true }));
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('lets activations be negative when told so, whatever they are', async () => {
    const signs = async (signed: 'auto' | boolean, name: string) => {
      const folder = `${out}-${name}`;
      await runExperiment(tinyExperiment({ bits: 8, epochs: 1, signed }), { out: folder, warn });
      const { state } = await loadCheckpoint(join(folder, 'checkpoints', 'epoch-0001-step-000003'));
      return (state.section('quantize').values as { signedActivations: readonly string[] }).signedActivations;
    };
    expect(await signs(true, 'signed')).to.include('conv2/input:0');
    // It comes from a ReLU.
    expect(await signs('auto', 'auto')).to.not.include('conv2/input:0');
    expect(await signs(false, 'unsigned')).to.deep.equal([]);
  });

  it('trains with what further modules bind in place of the settings', async () => {
    const another = new ContainerModule(({ rebind }) => {
      rebind(QUANTIZER).toConstantValue({ choice: lsqQuantizer() });
    });
    const settings = { bits: 4, epochs: 1 } as const;
    const { summary } = await run(settings, { modules: [another] });
    const named = await runExperiment(tinyExperiment({ ...settings, quantizer: { name: 'lsq' } }), {
      out: `${out}-named`,
      warn,
    });
    expect(summary!.test).to.deep.equal(named.summary!.test);
    expect((await evaluateRun(out, { modules: [another], warn })).test).to.deep.equal(summary!.test);
    const liq = await run(settings, { overwrite: true });
    expect(liq.summary!.test).to.not.deep.equal(summary!.test);
  });

  it('keeps the best epoch by a validation measure', async () => {
    await run({ epochs: 4, checkpoint: { keepLast: 1, best: 'loss' } });
    const losses = readMetrics(runFiles(out).metrics).map(({ validation }) => validation!.loss!);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    const { epoch, validation } = await evaluateRun(out, { checkpoint: 'best', warn });
    expect(epoch).to.equal(best);
    expect(validation!.loss).to.equal(losses[best - 1]);
  });

  it('runs batches and a network of its own', async () => {
    const source = tinyBatches();
    const { summary } = await run({
      data: { train: source, validation: source },
      model: () =>
        tf.sequential({
          layers: [
            tf.layers.dense({
              units: 8,
              inputShape: [4],
              activation: 'relu',
              kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }),
            }),
            tf.layers.dense({ units: 2, kernelInitializer: tf.initializers.glorotNormal({ seed: 4 }) }),
          ],
        }),
      bits: 8,
      epochs: 8,
    });
    expect(summary!.validation!.metrics['accuracy']).to.be.greaterThan(0.7);
    expect(summary).to.not.have.property('test');
    expect(json(join(out, 'experiment.json'))['settings']).to.deep.include({ model: { custom: 'model' } });
  });

  it('shows progress where it is told to', async () => {
    let shown = '';
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        shown += chunk.toString();
        done();
      },
    });
    await run({}, { stream });
    expect(shown).to.match(/tiny .*epoch 2\/2/);
  });
});

describe('evaluateRun', () => {
  const warnings: string[] = [];
  const warn = (line: string) => void warnings.push(line);
  let out: string;

  beforeEach(() => {
    out = join(temporaryFolder(), 'run');
    warnings.length = 0;
  });

  it('measures what the run has measured, and warns of nothing', async () => {
    const experiment = tinyExperiment({ ...w4, sam: { rho: 0.05 }, schedule: { name: 'cosine' } });
    const { summary } = await runExperiment(experiment, { out, warn });
    expect(await evaluateRun(out, { warn })).to.deep.equal({
      folder: out,
      checkpoint: join(out, 'checkpoints', 'epoch-0002-step-000006'),
      epoch: 2,
      step: 6,
      validation: summary!.validation,
      test: summary!.test,
    });
    expect(warnings).to.deep.equal([]);
  });

  it('is told of what the folder could not hold', async () => {
    const experiment = tinyExperiment({ bits: 8, quantizer: { ...liqQuantizer(), name: 'mine' } });
    const { summary } = await runExperiment(experiment, { out, warn });
    expect(await wrongUse(() => evaluateRun(out))).to.equal(
      `${out}: "quantizer" was an object of the experiment's own, which no file holds; give the experiment file too`,
    );
    expect((await evaluateRun(out, { experiment, warn })).test).to.deep.equal(summary!.test);
    expect(await wrongUse(() => evaluateRun(out, { experiment: { ...experiment, seed: 2 } }))).to.match(
      /the run in it has other settings: seed was 1 and is 2/,
    );
  });

  it('warns of a processor without what the engine ran on', async () => {
    const flag = 'WASM_HAS_SIMD_SUPPORT';
    await runExperiment(tinyExperiment({ epochs: 1, backend: 'wasm' }), { out, warn });
    const engine = json(join(out, 'experiment.json'))['engine'] as Record<string, unknown>;
    expect(engine).to.have.property(flag).that.is.a('boolean');
    await evaluateRun(out, { warn });
    expect(warnings).to.deep.equal([]);
    const simd = engine[flag] as boolean;
    tf.env().set(flag, !simd);
    try {
      await evaluateRun(out, { warn });
    } finally {
      tf.env().set(flag, simd);
    }
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include(`engine.${flag} was ${simd}, is ${!simd}; going on, but not bit for bit`);
  });

  it('refuses a run without checkpoints, and one that keeps no best one', async () => {
    await runExperiment(tinyExperiment({ checkpoint: false }), { out, warn });
    expect(await wrongUse(() => evaluateRun(out))).to.equal(
      `${out}: no checkpoint is there; train with checkpoints`,
    );
    await runExperiment(tinyExperiment(), { out, warn, overwrite: true });
    expect(await wrongUse(() => evaluateRun(out, { checkpoint: 'best' }))).to.equal(
      `${out}: no best checkpoint is kept; train with checkpoint.best, or take the latest`,
    );
  });
});

describe('countRunBops', () => {
  it('counts the bits that run, or by the convention of the paper', async () => {
    const out = join(temporaryFolder(), 'run');
    const { summary } = await runExperiment(tinyExperiment({ ...w4, epochs: 0 }), { out });
    const actual = await countRunBops(out);
    expect(actual).to.deep.include(summary!.bops);
    const paper = await countRunBops(out, { convention: 'paper' });
    // The first input stays in full precision and counts as 8 bits.
    expect(actual.layers[0]).to.include({ weightBits: 8, activationBits: 32 });
    expect(paper.layers[0]).to.include({ weightBits: 8, activationBits: 8 });
  });
});

describe('planExperiment', () => {
  it('says who taps what, and leaves nothing behind', async () => {
    const experiment = tinyExperiment({ ...w4, sam: { rho: 0.05 } });
    await planExperiment(experiment);
    const before = tf.memory().numTensors;
    const plan = await planExperiment(experiment);
    expect(tf.memory().numTensors).to.equal(before);
    expect(plan['perturb']).to.deep.equal([{ plugin: 'sam', stage: 0 }]);
    expect(plan['onEpochEnd']!.map(({ plugin }) => plugin)).to.deep.equal([
      'metrics-log',
      'progress',
      'checkpoint',
    ]);
    expect(existsSync(join('runs', 'tiny'))).to.equal(false);
  });

  it('sees that what it starts from is there, and is the same model', async () => {
    const start = (path: string, width = 2) =>
      planExperiment(tinyExperiment({ ...w4, start: path, model: { name: 'small-cnn', width } }));
    expect(await wrongUse(() => start('nowhere'))).to.match(
      /^start: "nowhere" holds no checkpoint; train that/,
    );
    const { folder } = await runExperiment(tinyExperiment({ epochs: 1 }), {
      out: join(temporaryFolder(), 'float'),
    });
    const before = tf.memory().numTensors;
    await start(folder);
    expect(tf.memory().numTensors).to.equal(before);
    expect(await wrongUse(() => start(folder, 4))).to.match(/ holds another model: conv1\/kernel is /);
  });
});
