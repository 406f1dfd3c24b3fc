import assert from 'node:assert/strict';
import { formatPlan, OperandStage, planOf, type TrainingPlugin } from '@flatbit/core';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { lineTraining } from './line-model.js';

describe('planOf', () => {
  before(() => tf.setBackend(testEngine));

  const perturbing: TrainingPlugin = {
    name: 'sam',
    apply({ operand, perturb }) {
      operand.tap({ name: 'sam', stage: OperandStage.perturb }, (value) => value);
      perturb.tap('sam', () => undefined);
    },
  };
  const quantizing: TrainingPlugin = {
    name: 'quantize',
    apply({ operand }) {
      operand.tap({ name: 'quantize', stage: OperandStage.quantize }, (value) => value);
    },
  };
  const clipping = (name: string, after?: string): TrainingPlugin => ({
    name,
    ...(after && { after: [after] }),
    apply({ afterBackward }) {
      afterBackward.tap(name, (gradients) => gradients);
    },
  });

  it('lists taps by hook, in the order in which they run: stage first, then plugin order', () => {
    const training = lineTraining(
      {},
      { plugins: [perturbing, clipping('clip', 'scale'), quantizing, clipping('scale')] },
    );
    const plan = planOf(training.hooks);
    assert.deepEqual(plan['operand'], [
      { plugin: 'quantize', stage: 0 },
      { plugin: 'sam', stage: 100 },
    ]);
    assert.deepEqual(plan['afterBackward'], [
      { plugin: 'scale', stage: 0 },
      { plugin: 'clip', stage: 0 },
    ]);
    // The training's own taps carry its state.
    assert.deepEqual(Object.keys(plan), [
      'operand',
      'perturb',
      'afterBackward',
      'collectState',
      'restoreState',
    ]);
    training.dispose();
  });

  it('prints a line per hook', () => {
    assert.equal(
      formatPlan({
        operand: [
          { plugin: 'quantize', stage: 0 },
          { plugin: 'sam', stage: 100 },
        ],
        perturb: [{ plugin: 'sam', stage: 0 }],
      }),
      'operand  quantize (0) ▸ sam (100)\nperturb  sam',
    );
    assert.equal(formatPlan({}), '');
  });

  it('runs the stages of an operand from latent to observe', () => {
    const { latent, quantize, perturb, observe } = OperandStage;
    assert.deepEqual(
      [observe, perturb, quantize, latent].sort((a, b) => a - b),
      [latent, quantize, perturb, observe],
    );
  });
});
