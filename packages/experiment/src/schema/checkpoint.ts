import { z } from 'zod';
import { either, isFalse } from './either.js';
import { count, leaf, oneOf } from './leaf.js';
import { section } from './section.js';

const no = { when: isFalse, schema: leaf('false', z.literal(false)) };

/** `checkpoint`: what is stored in the run folder. */
export const checkpointSetting = either(
  'false, or an object with every, keepLast, best',
  [no],
  section({
    /** Epochs between two checkpoints; the last epoch is always stored. */
    every: count.default(1),
    /** How many of the newest stay. */
    keepLast: count.default(2),
    /** The validation measure by which the best epoch stays too: least loss, or most accuracy. */
    best: either('false, "loss" or "accuracy"', [
      no,
      { when: (value) => typeof value === 'string', schema: oneOf('loss', 'accuracy') },
    ]).default(false),
  }),
);
