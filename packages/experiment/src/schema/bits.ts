import { hasMethods, type BitAllocation, type Bits } from '@flatbit/core';
import type { LayerPolicyOptions } from '@flatbit/layers';
import { z } from 'zod';
import { either, isNumber } from './either.js';
import { leaf, ownObject } from './leaf.js';
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

/** `bits`: how many bits each operand gets. */
export const bitsSetting = either(
  'an integer from 1 to 32 (32 is full precision), or an object with weights, activations, first, last, layers',
  [
    { when: isNumber, schema: both },
    {
      when: hasMethods('bitsFor'),
      schema: ownObject<BitAllocation>('a bit allocation', hasMethods('bitsFor')),
    },
  ],
  byLayer,
);
