import type { Schedule } from '@flatbit/plugin-schedule';
import { z } from 'zod';
import { choice } from './choice.js';
import { either, isFunction } from './either.js';
import { count, leaf, ownObject, positive } from './leaf.js';
import { list } from './list.js';
import { section } from './section.js';

const factor = leaf('a number from 0 to 1', z.number().min(0).max(1));

/** Starts below the schedule and rises to it. */
const warmUp = section({
  epochs: positive,
  /** The factor at the first step. */
  from: factor.default(0),
}).exactOptional();

const named = choice({
  constant: section({ name: z.literal('constant'), warmUp }),
  multiStep: section({
    name: z.literal('multiStep'),
    /** Epochs after which the factor is multiplied by `gamma`. */
    milestones: list('a list of epochs', count),
    gamma: factor.default(0.1),
    warmUp,
  }),
  cosine: section({
    name: z.literal('cosine'),
    /** How long it falls; the experiment's `epochs` unless given. */
    epochs: count.exactOptional(),
    floor: factor.default(0),
    warmUp,
  }),
});

/** `schedule`: the factor on every learning rate. */
export const scheduleSetting = either(
  'an object with a name (constant, multiStep, cosine), or a function',
  [{ when: isFunction, schema: ownObject<Schedule>('a function', isFunction) }],
  named,
);
