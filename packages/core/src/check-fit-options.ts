import { checkOption, type Takes } from './check-option.js';
import { checkSource } from './check-source.js';
import type { FitOptions } from './fit.js';
import { isRecord } from './is-record.js';
import { oneOf } from './takes.js';

const wholeNumber: Takes = {
  words: 'a whole number',
  accepts: (value) => Number.isInteger(value) && (value as number) >= 0,
};
const aSignal: Takes = {
  words: 'the signal of an AbortController',
  accepts: (value) => isRecord(value) && 'aborted' in value,
};

/** @throws UsageError that names the first option that is not what it should be. */
export function checkFitOptions(options: FitOptions): void {
  const { epochs, validation, signal, onNonFinite } = checkOption(options, 'fit, options', {
    words: 'an object with epochs',
    accepts: isRecord,
  });
  checkOption(epochs, 'epochs', wholeNumber);
  if (validation !== undefined) checkSource(validation, 'validation');
  if (signal !== undefined) checkOption(signal, 'signal', aSignal);
  if (onNonFinite !== undefined) checkOption(onNonFinite, 'onNonFinite', oneOf('stop', 'skip'));
}
