import { isRecord, type BatchSource } from '@flatbit/core';
import { z } from 'zod';
import { choice } from './choice.js';
import { either } from './either.js';
import { bool, count, leaf, ownObject, wholeNumber } from './leaf.js';
import { section } from './section.js';

/** Batches from elsewhere. */
export interface BatchSources {
  readonly train: BatchSource;
  /** Measured after each epoch. */
  readonly validation?: BatchSource;
  /** Measured once, at the end. */
  readonly test?: BatchSource;
}

const part = leaf('a number of examples, or a fraction below 1', z.number().nonnegative());
const path = leaf('the path of a file', z.string().min(1));
const perChannel = leaf('one number per channel', z.array(z.number()).min(1).readonly());

/** Which examples train, are measured after each epoch, and are measured at the end. */
const split = section({
  train: part,
  validation: part.default(0),
  test: part.exactOptional(),
  /** Decides who goes where; apart from the experiment's, so that another seed does not train on what was tested. */
  seed: wholeNumber.default(0),
});

const forEveryDataSet = {
  split: split.exactOptional(),
  /** Subtracts the mean of the training images and divides by their deviation, per channel. */
  normalize: either(
    'true, false, or an object with mean, std',
    [{ when: (value) => typeof value === 'boolean', schema: bool }],
    section({ mean: perChannel, std: perChannel }),
  ).default(true),
  /** Changes training images at random. */
  augment: section({
    /** Zeros on each side, of which a window of the old size is cut out. */
    crop: wholeNumber.default(0),
    /** Swaps left and right of every second image. */
    flip: bool.default(false),
  }).prefault({}),
};

const named = choice({
  digits: section({ name: z.literal('digits'), ...forEveryDataSet }),
  idx: section({
    name: z.literal('idx'),
    images: path,
    labels: path,
    /** Without test files, the test part is split off. */
    testImages: path.exactOptional(),
    testLabels: path.exactOptional(),
    classes: count.default(10),
    ...forEveryDataSet,
  }),
});

/** `data`: a data set by name, or batches from elsewhere. */
export const dataSetting = either(
  'an object with a name (digits, idx), or one with batch sources: train, validation, test',
  [{ when: isSources, schema: ownObject<BatchSources>('batch sources', isSources) }],
  named,
);

function isSources(value: unknown): boolean {
  return isRecord(value) && isRecord(value['train']) && typeof value['train']['batches'] === 'function';
}
