import { UsageError, type BatchSource } from '@flatbit/core';
import {
  batchSource,
  channelStatistics,
  digits,
  idxImages,
  randomCrop,
  randomFlip,
  splitDataset,
  type Augmentation,
  type ImageDataset,
  type ImageShape,
  type Normalization,
} from '@flatbit/data';
import type { BatchSources } from '../schema/data.js';
import type { ExperimentSettings } from '../schema/experiment.js';

/** The batches of an experiment, and what is known of them. */
export interface ExperimentData {
  readonly train: BatchSource;
  readonly validation?: BatchSource;
  readonly test?: BatchSource;
  /** Of the images; unknown for batches from elsewhere. */
  readonly inputShape?: ImageShape;
  /** Unknown for batches from elsewhere. */
  readonly classes?: number;
}

type NamedData = Exclude<ExperimentSettings['data'], BatchSources>;

/** The batches that `settings.data` asks for. @throws UsageError for files that cannot be read, and sizes that do not fit. */
export function buildData({ data, batchSize, seed }: ExperimentSettings): ExperimentData {
  if (!('name' in data)) return data;
  const { train, validation, test } = splitParts(data);
  const normalize = normalizationOf(data, train);
  const measured = (part: ImageDataset) =>
    batchSource(part, { batchSize, shuffle: false, ...(normalize && { normalize }) });
  return {
    train: batchSource(train, {
      batchSize,
      seed,
      augment: augmentations(data),
      ...(normalize && { normalize }),
    }),
    ...(validation.count > 0 && { validation: measured(validation) }),
    ...(test.count > 0 && { test: measured(test) }),
    inputShape: train.shape,
    classes: train.classes,
  };
}

interface Parts {
  readonly train: ImageDataset;
  readonly validation: ImageDataset;
  readonly test: ImageDataset;
}

/** Without test files the test part is split off; with them it is theirs, all of it unless a number is given. */
function splitParts(data: NamedData): Parts {
  const testFiles = testFilesOf(data);
  const { train, validation, test, seed } = data.split ?? {
    ...(testFiles ? { train: 0.9, validation: 0.1 } : { train: 0.8, validation: 0.1, test: 0.1 }),
    seed: 0,
  };
  if (!testFiles) return splitDataset(loadDataset(data), { train, validation, test: test ?? 0, seed });
  const held = idxImages(testFiles.images, testFiles.labels, testFiles);
  return {
    ...splitDataset(loadDataset(data), { train, validation, seed }),
    test: splitDataset(held, { test: test ?? held.count, seed }).test,
  };
}

interface TestFiles {
  readonly images: string;
  readonly labels: string;
  readonly classes: number;
}

function testFilesOf(data: NamedData): TestFiles | undefined {
  if (data.name !== 'idx') return undefined;
  const { testImages: images, testLabels: labels, classes } = data;
  if (images === undefined && labels === undefined) return undefined;
  if (images !== undefined && labels !== undefined) return { images, labels, classes };
  const [missing, given] = images === undefined ? ['testImages', 'testLabels'] : ['testLabels', 'testImages'];
  throw new UsageError(`data.${missing}: got nothing beside ${given}; takes the path of a file`);
}

function loadDataset(data: NamedData): ImageDataset {
  return data.name === 'digits' ? digits() : idxImages(data.images, data.labels, { classes: data.classes });
}

function normalizationOf({ normalize }: NamedData, train: ImageDataset): Normalization | undefined {
  if (typeof normalize === 'object') return normalize;
  if (!normalize) return undefined;
  const { mean, std } = channelStatistics(train);
  return { mean, std: std.map((deviation) => (deviation === 0 ? 1 : deviation)) };
}

function augmentations({ augment: { crop, flip } }: NamedData): readonly Augmentation[] {
  return [...(crop > 0 ? [randomCrop({ padding: crop })] : []), ...(flip ? [randomFlip()] : [])];
}
