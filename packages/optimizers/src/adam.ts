import * as tf from '@tensorflow/tfjs';
import { anObject, checkOption, type Optimizer } from '@flatbit/core';
import { updateAdam, type AdamUpdate } from './adam-update.js';
import { assignWhere } from './assign-where.js';
import { checkSettings, type ParameterSelection, settingsByKey, settingsOf } from './parameter-groups.js';
import { Slots } from './slots.js';
import { aboveZero, belowOne, fromZero } from './takes.js';

/** Settings of Adam that a group may have for itself. */
export interface AdamSettings {
  readonly learningRate: number;
  /** Coupled (L2): `weightDecay · p` is added to the gradient, of clip values too. */
  readonly weightDecay: number;
}

/** Parameters that have settings of their own. */
export interface AdamGroup extends ParameterSelection, Partial<AdamSettings> {}

export interface AdamOptions extends Partial<AdamSettings> {
  readonly learningRate: number;
  /** Decay of the first moment, the mean of gradients; 0.9 unless given. */
  readonly beta1?: number;
  /** Decay of the second moment, the mean of squared gradients; 0.999 unless given. */
  readonly beta2?: number;
  /** Added to the root of the second moment; 1e-8 unless given. */
  readonly epsilon?: number;
  /** The first that holds a parameter counts. */
  readonly groups?: readonly AdamGroup[];
}

const takes = { learningRate: fromZero, weightDecay: fromZero };

/**
 * Adam, see {@link adamStep}. A parameter without a gradient does not move. Slots: `<key>/firstMoment`,
 * `<key>/secondMoment`, and one `step` for all: the steps that were healthy, counted on the device.
 * @throws UsageError for an option out of range.
 */
export function adam(options: AdamOptions): Optimizer {
  const { learningRate, weightDecay = 0, groups = [] } = checkOption(options, 'adam', anObject);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const defaults = { learningRate, weightDecay };
  checkSettings('adam', defaults, groups, takes);
  checkOption(beta1, 'adam beta1', belowOne);
  checkOption(beta2, 'adam beta2', belowOne);
  checkOption(epsilon, 'adam epsilon', aboveZero);
  const slots = new Slots('adam');
  let settings: ReadonlyMap<string, AdamSettings> = new Map();
  return {
    name: 'adam',
    prepare(parameters) {
      const resolved = settingsByKey('adam', defaults, groups, parameters);
      slots.open();
      settings = resolved;
      slots.create('step', []);
      for (const { key, variable } of parameters) {
        slots.create(`${key}/firstMoment`, variable.shape);
        slots.create(`${key}/secondMoment`, variable.shape);
      }
    },
    update(updates, { learningRateFactor, healthy }) {
      tf.tidy(() => {
        const step = slots.get('step')!;
        const count = step.add(1) as tf.Scalar;
        const root = biasCorrection(beta2, count).sqrt() as tf.Scalar;
        const corrections = {
          ratio: root.div(biasCorrection(beta1, count)) as tf.Scalar,
          hatEpsilon: root.mul(epsilon) as tf.Scalar,
        };
        // Settings first: a parameter that nobody has prepared is an error before anything moves.
        const known = updates.map(({ parameter: { key, variable }, gradient }): AdamUpdate => ({
          ...settingsOf(settings, key),
          variable,
          gradient,
          firstMoment: slots.get(`${key}/firstMoment`)!,
          secondMoment: slots.get(`${key}/secondMoment`)!,
        }));
        assignWhere(healthy, step, count);
        updateAdam(known, { beta1, beta2, ...corrections, learningRateFactor, healthy });
      });
    },
    slots: () => slots.all(),
    dispose: () => slots.dispose(),
  };
}

/** `1 − betaᵗ` from the count alone, so that a resumed training computes the same bits; `expm1` keeps the small ones exact. */
function biasCorrection(beta: number, count: tf.Scalar): tf.Scalar {
  return count.mul(Math.log(beta)).expm1().neg() as tf.Scalar;
}
