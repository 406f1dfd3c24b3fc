import { fixedBits, type BatchSource, type TrainingPlugin } from '@flatbit/core';
import { resolveExperiment, type ExperimentConfig } from '@flatbit/experiment';
import { liqQuantizer } from '@flatbit/quantizers';
import { expect } from 'chai';
import { wrongUse } from './wrong-use.js';

const small = { model: { name: 'small-cnn' }, data: { name: 'digits' } } satisfies ExperimentConfig;

const complain = (config: unknown) => wrongUse(() => resolveExperiment(config, 'runs/digits.ts'));

describe('resolveExperiment', () => {
  it('fills in every default', () => {
    expect(resolveExperiment(small, 'examples/digits.ts')).to.deep.equal({
      name: 'digits',
      seed: 1,
      model: { name: 'small-cnn' },
      data: { name: 'digits', normalize: true, augment: { crop: 0, flip: false } },
      batchSize: 64,
      epochs: 10,
      loss: 'softmaxCrossEntropy',
      optimizer: {
        name: 'sgd',
        learningRate: 0.1,
        momentum: 0.9,
        nesterov: true,
        weightDecay: 0,
        groups: [],
      },
      schedule: { name: 'constant' },
      quantizer: { name: 'liq', normalize: 'rescaled', start: 'mse', granularity: 'perTensor' },
      bits: { weights: 32, activations: 32 },
      signed: 'auto',
      sam: false,
      batchNorm: { statistics: 'clean', variance: 'unbiased' },
      checkpoint: { every: 1, keepLast: 2, best: false },
      onNonFinite: 'stop',
      plugins: [],
    });
  });

  it('fills in the defaults of a section that is begun', () => {
    const { sam, optimizer } = resolveExperiment({
      ...small,
      sam: { rho: 0.1, adaptive: {} },
      optimizer: { name: 'adam' },
    });
    expect(sam).to.deep.include({
      rho: 0.1,
      at: 'quantized',
      interval: 1,
      adaptive: { eta: 0.01, form: 'asam' },
    });
    expect(optimizer).to.deep.include({ learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  });

  it('reads a number of bits as that of weights and of activations', () => {
    const { bits } = resolveExperiment({ ...small, bits: { weights: 4, activations: 3, last: 8 } });
    expect(bits).to.deep.equal({ weights: 4, activations: 3, last: { weights: 8, activations: 8 } });
    expect(resolveExperiment({ ...small, bits: 2 }).bits).to.deep.equal({ weights: 2, activations: 2 });
  });

  it('looks ahead along the momentum only where there is one', () => {
    const { optimizer } = resolveExperiment({ ...small, optimizer: { name: 'sgd', momentum: 0 } });
    expect(optimizer).to.include({ momentum: 0, nesterov: false });
  });

  it('settles how long a cosine falls', () => {
    const length = (changes: Partial<ExperimentConfig>) =>
      resolveExperiment({ ...small, ...changes }).schedule;
    expect(length({ epochs: 7, schedule: { name: 'cosine' } })).to.include({ epochs: 7 });
    expect(length({ epochs: 7, schedule: { name: 'cosine', epochs: 3 } })).to.include({ epochs: 3 });
    expect(length({ epochs: 0, schedule: { name: 'cosine' } })).to.include({ epochs: 1 });
  });

  it('warns of a quantizer that nothing will use', () => {
    const warnings = (config: object): readonly string[] => {
      const lines: string[] = [];
      resolveExperiment({ ...small, ...config }, 'a.json', { warn: (line) => lines.push(line) });
      return lines;
    };
    const unused = 'is given and not used, because all bits are 32; give bits below 32, or leave it out';
    expect(warnings({ quantizer: { name: 'lsq' } })).to.deep.equal([`a.json: quantizer ${unused}`]);
    expect(warnings({ quantizer: { name: 'lsq' }, signed: true, bits: 32 })).to.deep.equal([
      `a.json: quantizer ${unused}`,
      `a.json: signed ${unused}`,
    ]);
    expect(warnings({ quantizer: { name: 'lsq' }, bits: 4 })).to.deep.equal([]);
    const last = { weights: 32, activations: 32, last: 8 };
    expect(warnings({ quantizer: { name: 'lsq' }, bits: last })).to.deep.equal([]);
    expect(warnings({})).to.deep.equal([]);
  });

  it('counts a key that is undefined as left out', () => {
    expect(resolveExperiment({ ...small, epochs: undefined }).epochs).to.equal(10);
  });

  it('takes objects where a file in TypeScript has them', () => {
    const source: BatchSource = { examples: 0, stepsPerEpoch: 0, batches: () => [] };
    const quantizer = liqQuantizer();
    const plugin: TrainingPlugin = { name: 'mine', apply() {} };
    const bits = fixedBits(4);
    const loss = () => {
      throw new Error('never called');
    };
    const resolved = resolveExperiment({
      ...small,
      data: { train: source },
      quantizer,
      plugins: [plugin],
      bits,
      loss,
    });
    expect(resolved.data).to.deep.equal({ train: source });
    expect(resolved.quantizer).to.equal(quantizer);
    expect(resolved.plugins).to.deep.equal([plugin]);
    expect(resolved.bits).to.equal(bits);
    expect(resolved.loss).to.equal(loss);
  });

  it('takes a quantizer for weights and another one for activations', () => {
    const { quantizer } = resolveExperiment({
      ...small,
      bits: 4,
      quantizer: { weight: { name: 'dorefa' }, activation: { name: 'pact' } },
    });
    expect(quantizer).to.deep.equal({
      weight: { name: 'dorefa' },
      activation: { name: 'pact', start: { maxAbs: 1 } },
    });
  });

  const bits = 'an integer from 1 to 32 (32 is full precision)';
  const complaints: Readonly<Record<string, readonly [wrong: object, message: string]>> = {
    'an unknown key and the one that was meant': [{ epoch: 3 }, 'epoch: unknown key; did you mean "epochs"?'],
    'an unknown key and all that there are': [
      { checkpoint: { folder: 'x' } },
      'checkpoint.folder: unknown key; takes every, keepLast, best',
    ],
    'a key of another optimizer': [
      { optimizer: { name: 'adam', momentum: 0.9 } },
      'optimizer.momentum: unknown key; takes name, learningRate, weightDecay, clipLearningRate, beta1, beta2, epsilon, groups',
    ],
    'bits of 0': [{ bits: 0 }, `bits: got 0; takes ${bits}`],
    'bits of 33': [{ bits: 33 }, `bits: got 33; takes ${bits}`],
    'a bits file that is not there': [
      { bits: 'nowhere.json' },
      "bits: nowhere.json: cannot be read: ENOENT: no such file or directory, open 'nowhere.json'",
    ],
    'a bits file that is another file': [
      { bits: 'package.json' },
      'bits: package.json: not a bits file: "format" is to be "flatbit-bits"',
    ],
    'a list of bits with something else in it': [
      { bits: [4, '4'] },
      'bits: a list that is not of numbers alone; takes one number for each searchable layer',
    ],
    'bits that are no number': [
      { bits: 'four' },
      `bits: got "four"; takes ${bits}, the path of a bits file (.json), a list of bits, or an object with weights, activations, first, last, layers`,
    ],
    'half a bit, deep inside': [
      { bits: { weights: 4, activations: 4, layers: [{ match: 'conv*', weights: 2.5 }] } },
      `bits.layers[0].weights: got 2.5; takes ${bits}`,
    ],
    'what is no list': [
      { bits: { weights: 4, activations: 4, layers: 'conv' } },
      'bits.layers: got "conv"; takes a list of rules with match, weights, activations',
    ],
    'an unknown quantizer': [
      { quantizer: { name: 'lqs' } },
      'quantizer.name: got "lqs" (did you mean "lsq"?); takes one of liq, paperLiq, minMax, pact, dorefa, lsq, lsqPlus, apot, float',
    ],
    'a quantizer for weights alone': [
      { quantizer: { weight: { name: 'lsq' } } },
      'quantizer.activation: got nothing; takes an object with a name, or a quantizer',
    ],
    'an unknown data set': [{ data: { name: 'cifar' } }, 'data.name: got "cifar"; takes one of digits, idx'],
    'an unknown engine': [
      { backend: 'warp' },
      'backend: got "warp"; takes "tensorflow", "webgpu", "wasm" or "cpu"',
    ],
    'a sign that is none': [{ signed: 'yes' }, 'signed: got "yes"; takes "auto", true or false'],
    'an unknown word': [
      { sam: { at: 'latents' } },
      'sam.at: got "latents"; takes "quantized", "latent" or "beforeQuantizer"',
    ],
    'a negative radius': [{ sam: { rho: -0.1 } }, 'sam.rho: got -0.1; takes a number of 0 or more'],
    'a switch that is no section': [
      { sam: true },
      'sam: got true; takes false, or an object with rho, at, adaptive, …',
    ],
    NaN: [
      { optimizer: { name: 'sgd', learningRate: NaN } },
      'optimizer.learningRate: got NaN; takes a number of 0 or more',
    ],
    'a fraction of an epoch': [{ epochs: 1.5 }, 'epochs: got 1.5; takes a whole number of 0 or more'],
    'a factor above 1': [
      { schedule: { name: 'cosine', floor: 2 } },
      'schedule.floor: got 2; takes a number from 0 to 1',
    ],
    'a plugin that is none': [
      { plugins: [{ name: 'x' }] },
      'plugins[0]: got {"name":"x"}; takes a training plugin',
    ],
    'a name that is no file name': [
      { name: '../x' },
      'name: got "../x"; takes letters, digits, ".", "_" and "-"',
    ],
    'a model that is missing': [
      { model: undefined },
      'model: got nothing; takes an object with name, width, classes, inputShape, or a function that builds a tf.LayersModel',
    ],
    'the first of several, and how many more': [
      { epochs: -1, batchSize: 0, seed: 'one' },
      'seed: got "one"; takes a whole number of 0 or more (and 2 more)',
    ],
  };
  for (const [what, [wrong, message]] of Object.entries(complaints)) {
    it(`names ${what}`, async () => {
      expect(await complain({ ...small, ...wrong })).to.equal(`runs/digits.ts: ${message}`);
    });
  }

  it('names what is no configuration at all', async () => {
    expect(await complain(3)).to.match(
      /^runs\/digits\.ts: got 3; takes an object with name, seed, backend, /,
    );
  });
});
