import { z } from 'zod';
import { choice } from './choice.js';
import { count, leaf, notNegative, wholeNumber } from './leaf.js';
import { list } from './list.js';
import { section } from './section.js';

const factor = leaf('a number from 0 to 1', z.number().min(0).max(1));

/** Starts below the schedule and rises to it. */
const warmUp = section({
  epochs: notNegative,
  /** The factor at the first step. */
  from: factor.default(0),
}).exactOptional();

/** `schedule`: the factor on every learning rate. */
export const scheduleSetting = choice({
  constant: section({ name: z.literal('constant'), warmUp }),
  multiStep: section({
    name: z.literal('multiStep'),
    /** Epochs after which the factor is multiplied by `gamma`. */
    milestones: list('a list of epochs', wholeNumber),
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
