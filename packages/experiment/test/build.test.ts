import type { Batch, RegisteredVariable, VariableRole } from '@flatbit/core';
import {
  createContainer,
  DATA,
  LOSS,
  MODEL,
  NETWORK,
  OPTIMIZER,
  presetModules,
  runFiles,
  type ExperimentConfig,
} from '@flatbit/experiment';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';
import { tinyExperiment } from './tiny-experiment.js';
import { writeTinyIdx } from './tiny-idx.js';
import { wrongUse } from './wrong-use.js';

const containerOf = (changes: Partial<ExperimentConfig>) =>
  createContainer(
    presetModules(tinyExperiment(changes), {
      files: runFiles('nowhere'),
      manifest: {},
      warn: () => undefined,
    }),
  );

describe('the data of an experiment', () => {
  const files = writeTinyIdx(join(temporaryFolder(), 'train'));
  const held = writeTinyIdx(join(temporaryFolder(), 'test'), { count: 20 });
  const idx = { name: 'idx', ...files, classes: 3 } as const;
  const testFiles = { testImages: held.images, testLabels: held.labels };

  beforeEach(async () => void (await tf.setBackend(testEngine)));

  const dataOf = (data: ExperimentConfig['data']) => containerOf({ data }).get(DATA);

  const counts = (data: ExperimentConfig['data']) => {
    const { train, validation, test } = dataOf(data);
    return [train.examples, validation?.examples, test?.examples];
  };

  it('is split by counts or by fractions', () => {
    expect(counts({ ...idx, split: { train: 24, validation: 10, test: 8 } })).to.deep.equal([24, 10, 8]);
    expect(counts({ ...idx, split: { train: 0.5, validation: 0.25, test: 0.25 } })).to.deep.equal([
      24, 12, 12,
    ]);
    // 0.8, 0.1 and 0.1 of 48, rounded down.
    expect(counts(idx)).to.deep.equal([38, 4, 4]);
    expect(counts({ ...idx, split: { train: 48 } })).to.deep.equal([48, undefined, undefined]);
  });

  it('has the test part of its own files, where there are some', () => {
    expect(counts({ ...idx, ...testFiles })).to.deep.equal([43, 4, 20]);
    expect(counts({ ...idx, ...testFiles, split: { train: 40, test: 5 } })).to.deep.equal([40, undefined, 5]);
  });

  it('needs both test files', async () => {
    expect(await wrongUse(() => dataOf({ ...idx, testImages: held.images }))).to.equal(
      'data.testLabels: got nothing beside testImages; takes the path of a file',
    );
  });

  it('stays where it is when the seed of the experiment changes', () => {
    const order = (seed: number) => {
      const { test } = containerOf({ seed, data: { ...idx, split: { train: 24, test: 12 } } }).get(DATA);
      const [batch] = [...(test!.batches({ epoch: 0 }) as Iterable<Batch>)];
      return [...batch!.inputs[0]!.dataSync()];
    };
    expect(order(2)).to.deep.equal(order(1));
  });

  it('is normalised by the mean and deviation of the training part', () => {
    const { train } = dataOf({ ...idx, split: { train: 48 } });
    const pixels = [...(train.batches({ epoch: 0 }) as Iterable<Batch>)].flatMap(({ inputs }) => [
      ...inputs[0]!.dataSync(),
    ]);
    const mean = pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length;
    const variance = pixels.reduce((sum, pixel) => sum + (pixel - mean) ** 2, 0) / pixels.length;
    expect(mean).to.be.closeTo(0, 1e-5);
    expect(variance).to.be.closeTo(1, 1e-4);
  });

  it('is normalised as told, or not at all', () => {
    const brightest = (normalize: boolean | { mean: number[]; std: number[] }) => {
      const { train } = dataOf({ ...idx, normalize, split: { train: 48 } });
      return Math.max(
        ...[...(train.batches({ epoch: 0 }) as Iterable<Batch>)].flatMap(({ inputs }) => [
          ...inputs[0]!.dataSync(),
        ]),
      );
    };
    // 200 and up to 49 more of 255.
    const plain = brightest(false);
    expect(plain).to.be.within(200 / 255, 250 / 255);
    expect(brightest({ mean: [0.5], std: [0.1] })).to.be.closeTo((plain - 0.5) / 0.1, 1e-5);
  });

  it('says to the network how many classes there are, and how large an image is', () => {
    const network = containerOf({ data: idx }).get(NETWORK);
    expect(network.inputs[0]!.shape).to.deep.equal([null, 8, 8, 1]);
    expect(network.outputs[0]!.shape).to.deep.equal([null, 3]);
    network.dispose();
  });
});

describe('the model of an experiment', () => {
  beforeEach(async () => void (await tf.setBackend(testEngine)));

  it('has the classes that it is given, but no fewer than the data', async () => {
    const network = containerOf({ model: { name: 'small-cnn', width: 2, classes: 5 } }).get(NETWORK);
    expect(network.outputs[0]!.shape).to.deep.equal([null, 5]);
    network.dispose();
    const container = containerOf({ model: { name: 'small-cnn', classes: 2 } });
    expect(await wrongUse(() => container.get(NETWORK))).to.equal(
      'model.classes: got 2; takes 3 or more, as the data has',
    );
  });

  it('is built by a function, which is told the seed, the shape and the classes', () => {
    let told: unknown;
    const network = containerOf({
      seed: 9,
      model: (options) => {
        told = options;
        return tf.sequential({
          layers: [tf.layers.flatten({ inputShape: [8, 8, 1] }), tf.layers.dense({ units: 3 })],
        });
      },
    }).get(NETWORK);
    expect(told).to.deep.equal({ seed: 9, inputShape: [8, 8, 1], classes: 3 });
    network.dispose();
  });
});

describe('the batch statistics of an experiment', () => {
  beforeEach(async () => void (await tf.setBackend(testEngine)));

  /** The moving variance after one batch of 0 and 4 through a batch norm with momentum 0. */
  function moved(batchNorm: ExperimentConfig['batchNorm']): number {
    const container = containerOf({
      ...(batchNorm && { batchNorm }),
      model: () =>
        tf.sequential({
          layers: [tf.layers.batchNormalization({ inputShape: [1], momentum: 0 })],
        }),
    });
    const [model, network] = [container.get(MODEL), container.get(NETWORK)];
    const variance = tf.tidy(() => {
      const pass = { phase: 'clean', inference: false, step: 0, epoch: 0 } as const;
      model.forward([tf.tensor2d([[0], [4]])], pass, (_, value) => value);
      model.moveStatistics(tf.scalar(true, 'bool'));
      return network.layers[0]!.getWeights()[3]!.dataSync()[0]!;
    });
    model.dispose();
    network.dispose();
    return variance;
  }

  it('move without sam too, by an unbiased estimate or by that of the stock layer', () => {
    // The mean is 2; squares of 4 and 4, by 2 - 1 or by 2.
    expect(moved(undefined)).to.be.closeTo(8, 1e-5);
    expect(moved({ variance: 'biased' })).to.be.closeTo(4, 1e-5);
    // As it was at first.
    expect(moved({ statistics: 'frozen' })).to.equal(1);
  });
});

describe('the optimizer of an experiment', () => {
  beforeEach(async () => void (await tf.setBackend(testEngine)));

  /** How far a parameter goes along a gradient of 1. */
  function moves(optimizer: ExperimentConfig['optimizer'], key: string, role: VariableRole): number {
    const built = containerOf({ optimizer }).get(OPTIMIZER);
    const variable = tf.variable(tf.scalar(0));
    const parameter: RegisteredVariable = { key, role, owner: 'model', gradient: 'update', variable };
    built.prepare([parameter]);
    tf.tidy(() => {
      const healthy = tf.scalar(true, 'bool');
      built.update([{ parameter, gradient: tf.scalar(1) }], { learningRateFactor: 1, healthy });
    });
    const moved = -variable.dataSync()[0]!;
    built.dispose();
    variable.dispose();
    return moved;
  }

  const sgd = { name: 'sgd', momentum: 0, learningRate: 0.5 } as const;

  it('moves clip values at a rate of their own', () => {
    const optimizer = { ...sgd, clipLearningRate: 0.125 };
    expect(moves(optimizer, 'conv1/kernel', 'weight')).to.equal(0.5);
    expect(moves(optimizer, 'conv1/kernel/clipValue', 'weightClip')).to.equal(0.125);
    expect(moves(optimizer, 'conv1/input:0/clipValue', 'activationClip')).to.equal(0.125);
    expect(moves(sgd, 'conv1/kernel/clipValue', 'weightClip')).to.equal(0.5);
  });

  it('moves groups at theirs, found by role, by pattern or by key; the first that holds a parameter counts', () => {
    const optimizer = {
      ...sgd,
      groups: [
        { keys: 'conv*/kernel', learningRate: 0.25 },
        { keys: ['dense/bias'], learningRate: 0.0625 },
        { roles: ['weight'], learningRate: 2 },
      ],
    } satisfies ExperimentConfig['optimizer'];
    expect(moves(optimizer, 'dense/bias', 'bias')).to.equal(0.0625);
    const others = { ...optimizer, groups: optimizer.groups.filter(({ keys }) => typeof keys !== 'object') };
    expect(moves(others, 'conv1/kernel', 'weight')).to.equal(0.25);
    expect(moves(others, 'dense/kernel', 'weight')).to.equal(2);
    expect(moves(others, 'conv1/kernel/clipValue', 'weightClip')).to.equal(0.5);
  });

  it('is Adam when asked for', () => {
    // The first step of Adam is its learning rate.
    expect(moves({ name: 'adam', learningRate: 0.5 }, 'conv1/kernel', 'weight')).to.be.closeTo(0.5, 1e-6);
  });
});

describe('the loss of an experiment', () => {
  it('is not the squared error of classes', async () => {
    expect(await wrongUse(() => containerOf({ loss: 'meanSquaredError' }).get(LOSS))).to.equal(
      'loss: got "meanSquaredError" with the classes of "idx"; takes batch sources of your own, or softmaxCrossEntropy',
    );
  });
});
