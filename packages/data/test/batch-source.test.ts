import assert from 'node:assert/strict';
import type { Batch } from '@flatbit/core';
import {
  batchSource,
  randomCrop,
  randomFlip,
  splitDataset,
  type Augmentation,
  type ImageDataset,
} from '@flatbit/data';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { drain, tinyDataset } from './tiny-dataset.js';

const labelsOf = (batches: { labels: number[] }[]) => batches.map(({ labels }) => labels);

describe('batchSource', () => {
  let tensorsBefore: number;

  beforeEach(async () => {
    await tf.setBackend(testEngine);
    tensorsBefore = tf.memory().numTensors;
  });

  afterEach(() => {
    assert.equal(tf.memory().numTensors, tensorsBefore);
  });

  it('gives batches of images and labels, the last one smaller', () => {
    const source = batchSource(tinyDataset(5), { batchSize: 2, shuffle: false });
    assert.equal(source.examples, 5);
    assert.equal(source.stepsPerEpoch, 3);
    assert.deepEqual(drain(source.batches({ epoch: 0 })), [
      {
        labels: [0, 1],
        images: [
          [0, 1, 2, 3, 4, 5],
          [10, 11, 12, 13, 14, 15],
        ],
      },
      {
        labels: [2, 3],
        images: [
          [20, 21, 22, 23, 24, 25],
          [30, 31, 32, 33, 34, 35],
        ],
      },
      { labels: [4], images: [[40, 41, 42, 43, 44, 45]] },
    ]);
  });

  it('makes two tensors a batch, float32 [batch, height, width, channels] and int32 [batch]', () => {
    const [batch] = batchSource(tinyDataset(4), { batchSize: 4 }).batches({ epoch: 0 });
    assert.ok(batch);
    assert.equal(tf.memory().numTensors, tensorsBefore + 2);
    assert.equal(batch.size, 4);
    assert.deepEqual([batch.inputs[0]!.dtype, batch.inputs[0]!.shape], ['float32', [4, 2, 3, 1]]);
    assert.deepEqual([batch.targets[0]!.dtype, batch.targets[0]!.shape], ['int32', [4]]);
    assert.deepEqual([batch.inputs.length, batch.targets.length], [1, 1]);
    tf.dispose([...batch.inputs, ...batch.targets]);
  });

  it('leaves the smaller last batch out when told to', () => {
    const source = batchSource(tinyDataset(5), { batchSize: 2, shuffle: false, dropRemainder: true });
    assert.equal(source.examples, 4);
    assert.equal(source.stepsPerEpoch, 2);
    assert.deepEqual(labelsOf(drain(source.batches({ epoch: 0 }))), [
      [0, 1],
      [2, 3],
    ]);
  });

  it('goes through all examples once in every epoch, each time in another order', () => {
    const source = batchSource(tinyDataset(20), { batchSize: 3, seed: 1 });
    const orders = [0, 1, 2].map((epoch) => labelsOf(drain(source.batches({ epoch }))).flat());
    const everyone = Array.from({ length: 20 }, (_, index) => index);
    for (const order of orders) {
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        everyone,
      );
    }
    assert.equal(new Set([...orders, everyone].map(String)).size, 4);
  });

  it('gives the same batches for the same seed, epoch and step, and others for another seed', () => {
    const epochOf = (seed: number) =>
      drain(
        batchSource(tinyDataset(20), { batchSize: 3, seed, augment: [randomFlip()] }).batches({ epoch: 4 }),
      );
    assert.deepEqual(epochOf(1), epochOf(1));
    assert.notDeepEqual(epochOf(1), epochOf(2));
  });

  it('resumed at a step gives what the whole epoch gives from there, whatever was asked before', () => {
    const source = batchSource(tinyDataset(11), {
      batchSize: 2,
      seed: 6,
      augment: [randomCrop({ padding: 1 }), randomFlip()],
    });
    const whole = drain(source.batches({ epoch: 3 }));
    assert.deepEqual(drain(source.batches({ epoch: 3, step: 4 })), whole.slice(4));
    assert.deepEqual(drain(source.batches({ epoch: 3, step: 0 })), whole);
    assert.deepEqual(drain(source.batches({ epoch: 3, step: 6 })), []);
  });

  it('makes a batch no earlier than it is asked for', () => {
    const batches = batchSource(tinyDataset(6), { batchSize: 2 }).batches({ epoch: 0 })[Symbol.iterator]();
    assert.equal(tf.memory().numTensors, tensorsBefore);
    const { inputs, targets } = (batches.next() as IteratorYieldResult<Batch>).value;
    assert.equal(tf.memory().numTensors, tensorsBefore + 2);
    tf.dispose([...inputs, ...targets]);
  });

  it('can be left in the middle of an epoch', () => {
    const source = batchSource(tinyDataset(6), { batchSize: 2 });
    for (const { inputs, targets } of source.batches({ epoch: 0 })) {
      tf.dispose([...inputs, ...targets]);
      break;
    }
    assert.equal(drain(source.batches({ epoch: 0 })).length, 3);
  });

  it('augments an example alike whatever else is in its batch, and otherwise in another epoch', () => {
    const byLabel = (batchSize: number, shuffle: boolean, epoch: number) => {
      const augment = [randomCrop({ padding: 1 }), randomFlip()];
      const source = batchSource(tinyDataset(13), { batchSize, shuffle, augment, seed: 2 });
      const images = drain(source.batches({ epoch })).flatMap(({ labels, images }) =>
        labels.map((label, index) => [label, images[index]!] as const),
      );
      return images.sort(([a], [b]) => a - b);
    };
    assert.deepEqual(byLabel(4, true, 1), byLabel(5, false, 1));
    assert.notDeepEqual(byLabel(4, true, 1), byLabel(4, true, 2));
    // It does augment: the first pixel of some image is no longer the first.
    assert.ok(byLabel(4, true, 1).some(([label, image]) => image[0] !== 10 * label));
  });

  it('applies augmentations in turn, before the normalization, and leaves the data set as it was', () => {
    const dataset = tinyDataset(1);
    const twice: Augmentation = (image) => image.map((value) => 2 * value);
    const plusOne: Augmentation = (image) => image.map((value) => value + 1);
    const source = batchSource(dataset, {
      batchSize: 1,
      augment: [twice, plusOne],
      normalize: { mean: [3], std: [4] },
    });
    // (2 x + 1 - 3) / 4 for x = 0…5
    assert.deepEqual(drain(source.batches({ epoch: 0 }))[0]!.images, [[-0.5, 0, 0.5, 1, 1.5, 2]]);
    assert.deepEqual(dataset, tinyDataset(1));
  });

  it('scales bytes to 0 to 1 and normalizes each channel by its own numbers', () => {
    const dataset: ImageDataset = {
      images: Uint8Array.of(0, 255, 255, 0),
      labels: Uint8Array.of(1),
      count: 1,
      shape: [2, 1, 2],
      classes: 2,
    };
    const images = (options: object) =>
      drain(batchSource(dataset, { batchSize: 1, ...options }).batches({ epoch: 0 }))[0]!.images[0];
    assert.deepEqual(images({}), [0, 1, 1, 0]);
    // (0 - 0.5) / 0.5, (1 - 0.25) / 0.125, (1 - 0.5) / 0.5, (0 - 0.25) / 0.125
    assert.deepEqual(images({ normalize: { mean: [0.5, 0.25], std: [0.5, 0.125] } }), [-1, 6, 1, -2]);
  });

  it('gives batches that do not change when the next one is made', () => {
    const held = [...batchSource(tinyDataset(4), { batchSize: 2, shuffle: false }).batches({ epoch: 0 })];
    assert.deepEqual(labelsOf(drain(held)), [
      [0, 1],
      [2, 3],
    ]);
  });

  it('says which argument is not what it should be', () => {
    const refuses = (dataset: unknown, options: unknown, message: RegExp) => {
      assert.throws(() => batchSource(dataset as ImageDataset, options as { batchSize: number }), message);
    };
    const parts = splitDataset(tinyDataset(3), { train: 2 });
    refuses(
      parts,
      { batchSize: 2 },
      /^UsageError: the data set: got {.*; takes images with labels: digits\(\)/,
    );
    refuses(
      parts.train,
      undefined,
      /^UsageError: batchSource, options: got nothing; takes an object of options$/,
    );
    refuses(parts.train, 32, /^UsageError: batchSource, options: got 32; takes an object of options$/);
    const wrong = (options: object, message: RegExp) =>
      refuses(parts.train, { batchSize: 2, ...options }, message);
    wrong(
      { augment: randomFlip() },
      /^UsageError: augment: got a function; takes a list, such as \[randomFlip\(\)\]$/,
    );
    wrong({ augment: ['flip'] }, /^UsageError: augment\[0\]: got "flip"; takes a function$/);
    wrong(
      { normalize: true },
      /^UsageError: normalize: got true; takes { mean, std }, a list of numbers each/,
    );
    wrong({ normalize: { mean: 0, std: 1 } }, /^UsageError: normalize: got {"mean":0,"std":1}; takes/);
    assert.throws(
      () => splitDataset(tinyDataset(3), 2 as never),
      /^UsageError: splitDataset, sizes: got 2; takes/,
    );
    assert.throws(
      () => randomCrop(4 as never),
      /^UsageError: randomCrop: got 4; takes an object of options$/,
    );
  });

  it('refuses what cannot be batched', () => {
    const refuses = (dataset: ImageDataset, options: object, message: string) => {
      assert.throws(() => batchSource(dataset, { batchSize: 2, ...options }), {
        name: 'UsageError',
        message,
      });
    };
    refuses(tinyDataset(3), { batchSize: 0 }, 'batchSize is 0; it takes a positive integer');
    refuses(tinyDataset(3), { batchSize: 1.5 }, 'batchSize is 1.5; it takes a positive integer');
    refuses(tinyDataset(0), {}, '0 examples make no batch of 2; give more examples or a smaller batchSize');
    refuses(
      tinyDataset(3),
      { batchSize: 4, dropRemainder: true },
      '3 examples make no batch of 4; give more examples or a smaller batchSize',
    );
    refuses(
      tinyDataset(3),
      { normalize: { mean: [1, 2], std: [1] } },
      'normalize has 2 means and 1 standard deviations; images of 1 channels take 1 of each',
    );
    refuses(
      tinyDataset(3),
      { normalize: { mean: [0], std: [0] } },
      'normalize has mean 0 and std 0 for channel 0; give finite numbers, std above 0 (a constant channel takes 1)',
    );
    refuses(
      tinyDataset(3),
      { normalize: { mean: [Number.NaN], std: [1] } },
      'normalize has mean NaN and std 1 for channel 0; give finite numbers, std above 0 (a constant channel takes 1)',
    );
    refuses(
      { ...tinyDataset(3), classes: 2 },
      {},
      'label 2 of the data set is 2; with 2 classes a label is 0 to 1',
    );
  });

  it('refuses positions outside the epoch at once', () => {
    const source = batchSource(tinyDataset(5), { batchSize: 2 });
    const message = 'step is 4; an epoch of this source begins at a step from 0 to 3';
    assert.throws(() => source.batches({ epoch: 0, step: 4 }), { name: 'UsageError', message });
    assert.throws(() => source.batches({ epoch: 0, step: -1 }), { name: 'UsageError' });
    assert.throws(() => source.batches({ epoch: 0.5 }), {
      name: 'UsageError',
      message: 'epoch is 0.5; it takes an integer of 0 or more',
    });
  });

  it('names the augmentation that changes the size of an image, and leaves no tensor behind', () => {
    const source = batchSource(tinyDataset(2), {
      batchSize: 1,
      augment: [randomFlip(), () => new Float32Array(4)],
    });
    assert.throws(() => drain(source.batches({ epoch: 0 })), {
      name: 'UsageError',
      message: 'augment[1] returned 4 values for an image of 6',
    });
  });
});
