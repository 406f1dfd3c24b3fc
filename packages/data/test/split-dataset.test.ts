import assert from 'node:assert/strict';
import { selectExamples, splitDataset } from '@flatbit/data';
import { tinyDataset } from './tiny-dataset.js';

const labels = (part: { labels: ArrayLike<number> }) => Array.from(part.labels);

describe('splitDataset', () => {
  it('deals every example to one part at most', () => {
    const { train, validation, test } = splitDataset(tinyDataset(10), { train: 5, validation: 2, test: 3 });
    assert.deepEqual([train.count, validation.count, test.count], [5, 2, 3]);
    assert.deepEqual(
      [...labels(train), ...labels(validation), ...labels(test)].sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  it('keeps images beside their labels', () => {
    const { train } = splitDataset(tinyDataset(10), { train: 4 });
    train.labels.forEach((label, position) => {
      assert.deepEqual(
        Array.from(train.images.subarray(position * 6, position * 6 + 6)),
        [0, 1, 2, 3, 4, 5].map((pixel) => 10 * label + pixel),
      );
    });
  });

  it('deals alike with the same seed, and otherwise with another', () => {
    const dealt = (seed?: number) =>
      labels(splitDataset(tinyDataset(50), seed === undefined ? { train: 50 } : { train: 50, seed }).train);
    assert.deepEqual(dealt(3), dealt(3));
    assert.deepEqual(dealt(), dealt(0));
    assert.notDeepEqual(dealt(3), dealt(4));
    assert.notDeepEqual(dealt(3), labels(tinyDataset(50)));
  });

  it('keeps the test part when the sizes of the others change', () => {
    const few = splitDataset(tinyDataset(20), { train: 5, test: 6, seed: 9 });
    const many = splitDataset(tinyDataset(20), { train: 10, validation: 4, test: 6, seed: 9 });
    assert.deepEqual(labels(few.test), labels(many.test));
  });

  it('takes a size below 1 for a fraction, rounded down', () => {
    // 0.29 * 100 is 28.999… in floating point; 0.5 of 3 is 1.
    assert.equal(splitDataset(tinyDataset(100), { train: 0.29 }).train.count, 29);
    const { train, test } = splitDataset(tinyDataset(3), { train: 0.5, test: 0.5 });
    assert.deepEqual([train.count, test.count], [1, 1]);
    assert.equal(splitDataset(tinyDataset(3), { train: 1 }).train.count, 1);
  });

  it('leaves parts that are not asked for empty', () => {
    const { train, validation, test } = splitDataset(tinyDataset(3), {});
    assert.deepEqual([train.count, validation.count, test.count], [0, 0, 0]);
    assert.equal(test.images.length, 0);
  });

  it('copies, so that the parts survive a change of the whole', () => {
    const dataset = tinyDataset(3);
    const { train } = splitDataset(dataset, { train: 3 });
    const before = Array.from(train.images);
    dataset.images.fill(0);
    assert.deepEqual(Array.from(train.images), before);
  });

  it('refuses parts that take more than there is', () => {
    assert.throws(() => splitDataset(tinyDataset(10), { train: 8, validation: 0.2, test: 1 }), {
      name: 'UsageError',
      message: 'train, validation and test take 11 examples and the data set has 10; take fewer',
    });
  });

  for (const amount of [-1, 1.5, -0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`refuses a size of ${amount}`, () => {
      assert.throws(() => splitDataset(tinyDataset(10), { validation: amount }), {
        name: 'UsageError',
        message: `validation is ${amount}; it takes a number of examples, or a fraction below 1`,
      });
    });
  }

  it('refuses a data set whose parts do not fit', () => {
    const refuses = (change: object, message: string) => {
      assert.throws(() => splitDataset({ ...tinyDataset(2), ...change }, { train: 1 }), {
        name: 'UsageError',
        message,
      });
    };
    refuses({ count: 3 }, 'the data set holds 12 pixel values; 3 images of [2, 3, 1] take 18');
    refuses(
      { labels: new Uint8Array(1) },
      'the data set holds 1 labels for 2 images; give one label per image',
    );
    refuses({ classes: 1 }, 'label 1 of the data set is 1; with 1 classes a label is 0 to 0');
    refuses(
      { labels: Int32Array.of(0, -1) },
      'label 1 of the data set is -1; with 2 classes a label is 0 to 1',
    );
  });
});

describe('selectExamples', () => {
  it('takes the examples in the order asked for, twice if asked twice, and keeps the types', () => {
    const bytes = {
      ...tinyDataset(3),
      images: Uint8Array.from({ length: 18 }, (_, index) => index),
      labels: Uint8Array.of(2, 1, 0),
    };
    const selected = selectExamples(bytes, [2, 0, 2]);
    assert.deepEqual(selected, {
      images: Uint8Array.of(12, 13, 14, 15, 16, 17, 0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17),
      labels: Uint8Array.of(0, 2, 0),
      count: 3,
      shape: [2, 3, 1],
      classes: 3,
    });
  });
});
