import type { BitAllocation, Bits } from '@flatbit/core';
import { bitsByLayer, bitsFromList, layerPolicy } from '@flatbit/layers';
import type { ExperimentSettings } from '../schema/experiment.js';

/** The bits of an experiment. */
export function buildBits({ bits }: Pick<ExperimentSettings, 'bits'>): BitAllocation {
  if (isList(bits)) return bitsFromList(bits);
  if ('format' in bits) return bitsByLayer(bits.layers);
  return 'bitsFor' in bits ? bits : layerPolicy(bits);
}

/** Whether any operand can get fewer than 32 bits. */
export function quantizes({ bits }: Pick<ExperimentSettings, 'bits'>): boolean {
  // A list has the paper's bits at both ends.
  if (isList(bits) || 'bitsFor' in bits) return true;
  if ('format' in bits) return Object.values(bits.layers).some(isQuantized);
  const { first = {}, last = {}, layers = [], ...rest } = bits;
  return [rest, first, last, ...layers].some(isQuantized);
}

function isQuantized({ weights = 32, activations = 32 }: Partial<Bits>): boolean {
  return weights < 32 || activations < 32;
}

/** `Array.isArray` does not know arrays that are not to be changed. */
function isList(bits: ExperimentSettings['bits']): bits is readonly number[] {
  return Array.isArray(bits);
}
