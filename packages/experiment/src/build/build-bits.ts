import type { BitAllocation } from '@flatbit/core';
import { layerPolicy } from '@flatbit/layers';
import type { ExperimentSettings } from '../schema/experiment.js';

/** The bits of an experiment. */
export function buildBits({ bits }: Pick<ExperimentSettings, 'bits'>): BitAllocation {
  return 'bitsFor' in bits ? bits : layerPolicy(bits);
}

/** Whether any operand can get fewer than 32 bits. */
export function quantizes({ bits }: Pick<ExperimentSettings, 'bits'>): boolean {
  if ('bitsFor' in bits) return true;
  const { first = {}, last = {}, layers = [], ...rest } = bits;
  return [rest, first, last, ...layers].some(
    ({ weights = 32, activations = 32 }) => weights < 32 || activations < 32,
  );
}
