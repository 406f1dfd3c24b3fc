import { z } from 'zod';
import { choice } from './choice.js';
import { either } from './either.js';
import { bool, leaf, notNegative, oneOf, positive } from './leaf.js';
import { list } from './list.js';
import { section } from './section.js';

const belowOne = leaf('a number from 0 to below 1', z.number().min(0).lt(1));

const selection = {
  roles: list(
    'a list of roles',
    oneOf('weight', 'bias', 'batchNormScale', 'batchNormOffset', 'weightClip', 'activationClip', 'other'),
  ).exactOptional(),
  /** A pattern with `*`, or whole keys. */
  keys: either('a pattern with *, or a list of keys', [
    { when: (value) => typeof value === 'string', schema: leaf('a pattern with *', z.string().min(1)) },
    { when: Array.isArray, schema: list('a list of keys', leaf('a key', z.string())) },
  ]).exactOptional(),
};

const forEveryOptimizer = {
  learningRate: notNegative,
  /** Times the parameter, added to its gradient. */
  weightDecay: notNegative.default(0),
  /** Of the clip values; the `learningRate` unless given. */
  clipLearningRate: notNegative.exactOptional(),
};

/** `optimizer`: how parameters move. */
export const optimizerSetting = choice(
  {
    sgd: section({
      name: z.literal('sgd').default('sgd'),
      ...forEveryOptimizer,
      learningRate: notNegative.default(0.1),
      momentum: belowOne.default(0.9),
      /** Looks ahead along the momentum; true where there is one, unless given. */
      nesterov: bool.exactOptional(),
      groups: list(
        'a list of groups',
        section({
          ...selection,
          learningRate: notNegative.exactOptional(),
          momentum: belowOne.exactOptional(),
          weightDecay: notNegative.exactOptional(),
        }),
      ).default([]),
    }).transform((sgd) => ({ ...sgd, nesterov: sgd.nesterov ?? sgd.momentum > 0 })),
    adam: section({
      name: z.literal('adam'),
      ...forEveryOptimizer,
      learningRate: notNegative.default(0.001),
      beta1: belowOne.default(0.9),
      beta2: belowOne.default(0.999),
      epsilon: positive.default(1e-8),
      groups: list(
        'a list of groups',
        section({
          ...selection,
          learningRate: notNegative.exactOptional(),
          weightDecay: notNegative.exactOptional(),
        }),
      ).default([]),
    }),
  },
  'sgd',
);
