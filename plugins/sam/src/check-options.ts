import { UsageError } from '@flatbit/core';
import type { AdaptiveOptions } from './ascend.js';
import type { PerturbAt } from './probes.js';
import type { SamOptions } from './sam-plugin.js';

const PLACES: readonly PerturbAt[] = ['quantized', 'latent', 'beforeQuantizer'];
const FORMS: readonly NonNullable<AdaptiveOptions['form']>[] = ['asam', 'paper'];

/** @throws UsageError that names the first option out of range, what it got and what it takes. */
export function checkOptions(options: SamOptions): void {
  const { rho, measureRho, at, interval = 1, normFloor, adaptive } = options;
  const { eta, form } = typeof adaptive === 'object' ? adaptive : {};
  checkFromZero('rho', rho);
  checkFromZero('measureRho', measureRho);
  checkChoice('at', at, PLACES);
  checkFromZero('adaptive.eta', eta);
  checkChoice('adaptive.form', form, FORMS);
  checkFromZero('normFloor', normFloor);
  if (!Number.isInteger(interval) || interval < 1) {
    throw new UsageError(`sam.interval: got ${interval}; takes a whole number from 1`);
  }
}

function checkFromZero(option: string, value = 0): void {
  if (!(Number.isFinite(value) && value >= 0))
    throw new UsageError(`sam.${option}: got ${value}; takes a number from 0`);
}

function checkChoice<T extends string>(option: string, value: T | undefined, choices: readonly T[]): void {
  if (value !== undefined && !choices.includes(value)) {
    throw new UsageError(`sam.${option}: got "${value}"; takes one of ${choices.join(', ')}`);
  }
}
