import * as tf from '@tensorflow/tfjs';
import { anObject, checkOption, type Optimizer, UsageError } from '@flatbit/core';
import { checkSettings, type ParameterSelection, settingsByKey, settingsOf } from './parameter-groups.js';
import { updateOneByOne, updateTogether, type SgdUpdate } from './sgd-update.js';
import { Slots } from './slots.js';
import { belowOne, fromZero } from './takes.js';

/** Settings of SGD that a group may have for itself. */
export interface SgdSettings {
  readonly learningRate: number;
  /** From 0 up, below 1; 0 keeps no slot. */
  readonly momentum: number;
  /** Coupled: `weightDecay · p` is added to the gradient, of clip values too. */
  readonly weightDecay: number;
}

/** Parameters that have settings of their own. */
export interface SgdGroup extends ParameterSelection, Partial<SgdSettings> {}

export interface SgdOptions extends Partial<SgdSettings> {
  readonly learningRate: number;
  /** Looks ahead along the momentum; false unless given. */
  readonly nesterov?: boolean;
  /** The first that holds a parameter counts. */
  readonly groups?: readonly SgdGroup[];
}

const takes = { learningRate: fromZero, momentum: belowOne, weightDecay: fromZero };

/**
 * Stochastic gradient descent with momentum, Nesterov's too, in PyTorch's form: see {@link sgdStep}. A parameter without
 * a gradient does not move, by decay or momentum neither. Slots: `<key>/momentum`.
 * @throws UsageError for an option out of range.
 */
export function sgd(options: SgdOptions): Optimizer {
  const {
    learningRate,
    momentum = 0,
    weightDecay = 0,
    nesterov = false,
    groups = [],
  } = checkOption(options, 'sgd', anObject);
  const defaults = { learningRate, momentum, weightDecay };
  checkSettings('sgd', defaults, groups, takes);
  if (nesterov && momentum === 0)
    throw new UsageError('sgd nesterov: got true with momentum 0; takes true with a momentum above 0');
  const slots = new Slots('sgd');
  let settings: ReadonlyMap<string, SgdSettings> = new Map();
  return {
    name: 'sgd',
    prepare(parameters) {
      const resolved = settingsByKey('sgd', defaults, groups, parameters);
      slots.open();
      settings = resolved;
      for (const { key, variable } of parameters)
        if (settings.get(key)!.momentum > 0) slots.create(`${key}/momentum`, variable.shape);
    },
    update(updates, { learningRateFactor, healthy }) {
      tf.tidy(() => {
        // Settings first: a parameter that nobody has prepared is an error before anything moves.
        const known = updates.map(({ parameter, gradient }): SgdUpdate => {
          const own = settingsOf(settings, parameter.key);
          const velocity = slots.get(`${parameter.key}/momentum`);
          return { ...own, variable: parameter.variable, gradient, velocity };
        });
        const options = { nesterov, learningRateFactor, healthy };
        const rest = updateTogether(known, options);
        updateOneByOne(rest, options);
      });
    },
    slots: () => slots.all(),
    dispose: () => slots.dispose(),
  };
}
