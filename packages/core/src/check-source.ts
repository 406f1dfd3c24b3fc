import type { BatchSource } from './batch.js';
import { checkOption, type Takes } from './check-option.js';
import { hasMethods, isRecord } from './is-record.js';
import type { Training } from './training.js';

const aTraining: Takes = {
  words: 'what createTraining() gives',
  accepts: (value) => isRecord(value) && isRecord(value['hooks']) && isRecord(value['position']),
};
const aSource: Takes = {
  words: 'a source of batches, such as batchSource(dataset, { batchSize: 64 }) of @flatbit/data',
  accepts: hasMethods('batches'),
};

/** @throws UsageError that begins with `where`, if it is none. */
export function checkTraining(training: Training, where: string): void {
  checkOption(training, `${where}, training`, aTraining);
}

/** @throws UsageError that begins with `where`, if it is none. */
export function checkSource(source: BatchSource, where: string): void {
  checkOption(source, where, aSource);
}
