import { hasMethods, isRecord } from '@flatbit/core';
import type { Quantizer } from '@flatbit/quantizers';
import { z } from 'zod';
import { choice } from './choice.js';
import { either } from './either.js';
import { bool, leaf, oneOf, ownObject, positive } from './leaf.js';
import { section } from './section.js';

const granularity = oneOf('perTensor', 'perChannel').default('perTensor');

const start = either(
  '"mse", a number above 0, or an object with percentile or maxAbs',
  [
    { when: (value) => value === 'mse', schema: oneOf('mse') },
    { when: (value) => typeof value === 'number', schema: positive },
    { when: (value) => isRecord(value) && 'maxAbs' in value, schema: section({ maxAbs: positive }) },
  ],
  section({ percentile: leaf('a number above 0, up to 100', z.number().positive().max(100)) }),
);

const named = choice(
  {
    liq: section({
      name: z.literal('liq').default('liq'),
      normalize: oneOf('rescaled', 'standard', 'none').default('rescaled'),
      start: start.default('mse'),
      granularity,
    }),
    paperLiq: section({ name: z.literal('paperLiq') }),
    minMax: section({
      name: z.literal('minMax'),
      scheme: oneOf('affine', 'symmetric').default('affine'),
      granularity,
      powerOfTwoScale: bool.default(false),
      momentum: leaf('a number from 0 to below 1', z.number().min(0).lt(1)).default(0.99),
    }),
    pact: section({ name: z.literal('pact'), start: start.default({ maxAbs: 1 }) }),
    dorefa: section({ name: z.literal('dorefa') }),
    lsq: section({ name: z.literal('lsq'), granularity }),
    lsqPlus: section({ name: z.literal('lsqPlus'), granularity }),
    apot: section({ name: z.literal('apot'), start: start.default('mse'), granularity }),
    float: section({ name: z.literal('float') }),
  },
  'liq',
);

const isQuantizer = hasMethods('fakeQuantize');

/** A quantizer by name, or one's own. */
const quantizer = either(
  'an object with a name, or a quantizer',
  [{ when: isQuantizer, schema: ownObject<Quantizer>('a quantizer', isQuantizer) }],
  named,
);

const perRole = section({ weight: quantizer, activation: quantizer });

/** `quantizer`: one for all operands, or one for weights and one for activations. */
export const quantizerSetting = either(
  'an object with a name, a quantizer, or an object with weight and activation',
  [{ when: (value) => isRecord(value) && ('weight' in value || 'activation' in value), schema: perRole }],
  quantizer,
);
