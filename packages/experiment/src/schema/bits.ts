import { hasMethods, isRecord, UsageError, type BitAllocation, type Bits } from '@flatbit/core';
import type { LayerPolicyOptions } from '@flatbit/layers';
import { z } from 'zod';
import { parseStoredBits, readBitsFile, type StoredBits } from '../read-bits-file.js';
import { documentation } from './documentation.js';
import { either, isNumber } from './either.js';
import { leaf, ownObject, type Setting } from './leaf.js';
import { list } from './list.js';
import { section } from './section.js';

const bits = leaf('an integer from 1 to 32 (32 is full precision)', z.int().min(1).max(32));
/** A policy with both bits spelled out everywhere. */
type SpelledPolicy = Omit<LayerPolicyOptions, 'first' | 'last'> & {
  readonly first?: Partial<Bits>;
  readonly last?: Partial<Bits>;
};

const both = bits.transform((value): SpelledPolicy => ({ weights: value, activations: value }));

/** Bits of some layers; what is left out keeps the bits of the rest. */
const some = either(
  'an integer from 1 to 32, or an object with weights, activations',
  [{ when: isNumber, schema: both }],
  section({ weights: bits.exactOptional(), activations: bits.exactOptional() }),
);

const byLayer = section({
  weights: bits,
  activations: bits,
  /** Layers fed by a model input. */
  first: some.exactOptional(),
  /** Layers whose output is a model output. */
  last: some.exactOptional(),
  /** By name; of several that match, the first. */
  layers: list(
    'a list of rules with match, weights, activations',
    section({
      /** A layer's path, or a pattern with `*`. */
      match: leaf('a layer path, or a pattern with *', z.string().min(1)),
      weights: bits.exactOptional(),
      activations: bits.exactOptional(),
    }),
  ).exactOptional(),
});

/** Bits that are checked elsewhere; what is wrong with them is said there. */
function storedBits<Input>(takes: string, read: (value: Input) => StoredBits): Setting<StoredBits, Input> {
  const checked = z.unknown().transform((value, context): unknown => {
    try {
      return read(value as Input);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      context.issues.push({ code: 'custom', input: value, message: error.message });
      return z.NEVER;
    }
  });
  documentation.set(checked, { takes });
  return checked as unknown as Setting<StoredBits, Input>;
}

const isPath = (value: unknown): boolean => typeof value === 'string' && value.endsWith('.json');

/** `bits`: how many bits each operand gets. The content of a file takes the place of its path. */
export const bitsSetting = either(
  'an integer from 1 to 32 (32 is full precision), the path of a bits file (.json), a list of bits, or an object with weights, activations, first, last, layers',
  [
    { when: isNumber, schema: both },
    { when: isPath, schema: storedBits<`${string}.json`>('the path of a bits file', readBitsFile) },
    {
      when: (value) => Array.isArray(value) || (isRecord(value) && 'format' in value),
      schema: storedBits<StoredBits>('a list of bits', parseStoredBits),
    },
    {
      when: hasMethods('bitsFor'),
      schema: ownObject<BitAllocation>('a bit allocation', hasMethods('bitsFor')),
    },
  ],
  byLayer,
);
