import { aBoolean, aFunction, anObject, checkOption, isRecord, oneOf, type Takes } from '@flatbit/core';
import type { SamOptions } from './sam-plugin.js';

const fromZero: Takes = {
  words: 'a number from 0',
  accepts: (value) => Number.isFinite(value) && (value as number) >= 0,
};
const fromOne: Takes = {
  words: 'a whole number from 1',
  accepts: (value) => Number.isInteger(value) && (value as number) >= 1,
};
const switches = ['batchNorm', 'bias', 'activationClip', 'weightClip', 'regularizers'] as const;

/** @throws UsageError that names the first option that cannot be, what it got and what it takes. */
export function checkOptions(options: SamOptions): void {
  checkOption(options, 'sam', anObject);
  checkOption(options.rho, 'sam.rho', fromZero);
  const check = (option: keyof SamOptions, taken: Takes) =>
    checkGiven(options[option], `sam.${option}`, taken);
  check('measureRho', fromZero);
  check('at', oneOf('quantized', 'latent', 'beforeQuantizer'));
  check('interval', fromOne);
  check('normFloor', fromZero);
  check('warn', aFunction);
  for (const option of switches) check(option, aBoolean);
  const { adaptive } = options;
  check('adaptive', {
    words: 'true, false, or an object with eta, form',
    accepts: (value) => typeof value === 'boolean' || isRecord(value),
  });
  if (typeof adaptive !== 'object') return;
  checkGiven(adaptive.eta, 'sam.adaptive.eta', fromZero);
  checkGiven(adaptive.form, 'sam.adaptive.form', oneOf('asam', 'paper'));
}

/** What is left out has its default. */
function checkGiven(value: unknown, option: string, taken: Takes): void {
  if (value !== undefined) checkOption(value, option, taken);
}
