import { TRAINING_PLUGIN } from '@flatbit/core/tokens';
import {
  createContainer,
  DATA,
  EXPERIMENT,
  NETWORK,
  OPTIMIZER,
  presetModules,
  runFiles,
} from '@flatbit/experiment';
import { QUANTIZER } from '@flatbit/plugin-quantize/module';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { tinyExperiment } from './tiny-experiment.js';

const warn = () => undefined;

const containerOf = (changes: Parameters<typeof tinyExperiment>[0]) =>
  createContainer(presetModules(tinyExperiment(changes), { files: runFiles('nowhere'), manifest: {}, warn }));

describe('createContainer', () => {
  beforeEach(async () => void (await tf.setBackend(testEngine)));

  it('keeps two experiments in one process apart', () => {
    const a = containerOf({ bits: 4, sam: {}, quantizer: { name: 'lsq' } });
    const b = containerOf({ bits: 2, seed: 2, quantizer: { name: 'minMax' } });
    const names = (container: typeof a) => container.getAll(TRAINING_PLUGIN).map(({ name }) => name);
    expect(names(a)).to.deep.equal(['quantize', 'sam', 'metrics-log', 'checkpoint']);
    expect(names(b)).to.deep.equal(['quantize', 'metrics-log', 'checkpoint']);
    expect(a.get(QUANTIZER).choice).to.include({ name: 'lsq' });
    expect(b.get(QUANTIZER).choice).to.include({ name: 'minMax' });
    expect(a.get(EXPERIMENT).seed).to.equal(1);
    expect(b.get(EXPERIMENT).seed).to.equal(2);
    expect(a.get(DATA)).to.not.equal(b.get(DATA));
    expect(a.get(OPTIMIZER)).to.not.equal(b.get(OPTIMIZER));
    expect(a.get(NETWORK)).to.not.equal(b.get(NETWORK));
    for (const plugin of a.getAll(TRAINING_PLUGIN)) expect(b.getAll(TRAINING_PLUGIN)).to.not.include(plugin);
    tf.dispose([a, b].flatMap((container) => container.get(NETWORK).weights.map((weight) => weight.read())));
  });

  it('makes everything once', () => {
    const container = containerOf({ bits: 4 });
    expect(container.get(OPTIMIZER)).to.equal(container.get(OPTIMIZER));
    expect(container.getAll(TRAINING_PLUGIN)).to.deep.equal(container.getAll(TRAINING_PLUGIN));
  });

  it('holds the plugins that the settings ask for, and no others', () => {
    const names = (changes: Parameters<typeof tinyExperiment>[0]) =>
      containerOf(changes)
        .getAll(TRAINING_PLUGIN)
        .map(({ name }) => name);
    expect(names({ checkpoint: false })).to.deep.equal(['metrics-log']);
    expect(
      names({ checkpoint: false, bits: { weights: 32, activations: 32, last: { weights: 8 } } }),
    ).to.deep.equal(['quantize', 'metrics-log']);
    const mine = { name: 'mine', apply() {} };
    expect(names({ schedule: { name: 'cosine' }, plugins: [mine] })).to.deep.equal([
      'schedule',
      'mine',
      'metrics-log',
      'checkpoint',
    ]);
    expect(names({ schedule: { name: 'constant', warmUp: { epochs: 1 } } })).to.include('schedule');
  });
});
