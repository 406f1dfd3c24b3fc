import type { BitAllocation } from './bit-allocation.js';
import type { TrainingPlugin } from './training-plugin.js';

/**
 * Names something that an experiment's container provides. At run time it is a symbol; the other half of the type only
 * carries `T`, in the form from which inversify infers it.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- inversify's own constructor type has these arguments
export type Token<T> = symbol | (new (...args: any[]) => T);

export function createToken<T>(name: string): Token<T> {
  return Symbol.for(`flatbit/${name}`);
}

/** Every plugin of the experiment; bind as many as you like. */
export const TRAINING_PLUGIN = createToken<TrainingPlugin>('training-plugin');
/** The bits of each operand: fixed, or learned. */
export const BIT_ALLOCATION = createToken<BitAllocation>('bit-allocation');
