import { checkOption, isRecord, UsageError } from '@flatbit/core';
import { checkDataset, type ImageDataset } from './image-dataset.js';
import { randomStream } from './random-stream.js';
import { selectExamples } from './select-examples.js';

/** How much of a data set each part takes: a number of examples, or below 1 a fraction of them, rounded down. 0 unless given. */
export interface SplitOptions {
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  /** Decides who goes where; 0 unless given. */
  readonly seed?: number;
}

/** Three parts that share no example. */
export interface DatasetSplit {
  readonly train: ImageDataset;
  readonly validation: ImageDataset;
  readonly test: ImageDataset;
}

/**
 * Deals the examples, in an order drawn from `seed`, to three parts; what is not asked for is left out. The parts are copies. The test part
 * is dealt first, so that it stays the same when another size changes.
 * @throws UsageError when a size is negative or neither an integer nor below 1, the parts take more than there is,
 * or the data set's own parts do not fit
 */
export function splitDataset(dataset: ImageDataset, sizes: SplitOptions): DatasetSplit {
  checkDataset(dataset);
  const {
    train = 0,
    validation = 0,
    test = 0,
    seed = 0,
  } = checkOption(sizes, 'splitDataset, sizes', {
    words: 'an object with train, validation, test',
    accepts: isRecord,
  });
  const amounts = Object.entries({ test, validation, train }).map(([name, amount]) =>
    partSize(name, amount, dataset.count),
  );
  const needed = amounts.reduce((total, size) => total + size, 0);
  if (needed > dataset.count) {
    throw new UsageError(
      `train, validation and test take ${needed} examples and the data set has ${dataset.count}; take fewer`,
    );
  }
  const order = randomStream(seed, 'split').shuffle(
    Uint32Array.from({ length: dataset.count }, (_, index) => index),
  );
  let dealt = 0;
  const [testPart, validationPart, trainPart] = amounts.map((size) => {
    const part = selectExamples(dataset, order.subarray(dealt, dealt + size));
    dealt += size;
    return part;
  });
  return { train: trainPart!, validation: validationPart!, test: testPart! };
}

function partSize(name: string, amount: number, count: number): number {
  if (amount > 0 && amount < 1) {
    // 0.29 * 100 is 28.999999999999996 in floating point.
    return Math.floor(amount * count + 1e-9);
  }
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new UsageError(`${name} is ${amount}; it takes a number of examples, or a fraction below 1`);
  }
  return amount;
}
