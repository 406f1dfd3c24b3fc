import assert from 'node:assert/strict';
import { createTraining, meanSquaredError, type TrainingPlugin } from '@flatbit/core';
import { expectNoTensorLeak, plainSgd, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { lineModel, lineTraining } from './line-model.js';
import { shiftPlugin } from './shift-plugin.js';

describe('createTraining', () => {
  before(() => tf.setBackend(testEngine));

  it('prepares plugins before the optimizer, which sees what they made', () => {
    const clipping: TrainingPlugin = {
      name: 'clipping',
      apply: ({ prepare }) =>
        prepare.tap('clipping', (operands, variables) => {
          assert.deepEqual(
            operands.map(({ key }) => key),
            ['line/input:0', 'line/kernel'],
          );
          variables.create({ owner: 'clipping', key: 'clip', role: 'weightClip', shape: [] });
        }),
    };
    const training = lineTraining({}, { plugins: [clipping, shiftPlugin(() => 0)] });
    assert.deepEqual(
      [...training.optimizer.slots().keys()],
      ['line/kernel/momentum', 'line/unused/momentum', 'clip/momentum'],
    );
    training.dispose();
  });

  it('says what a plain tf.LayersModel lacks', () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    const wire = () =>
      createTraining({ model: model as never, loss: meanSquaredError, optimizer: plainSgd(0.1) });
    assert.throws(
      wire,
      /^UsageError: model: got an instance of Sequential; takes a TrainableModel; quantizable\(model\)/,
    );
    model.dispose();
  });

  it('says which part is not what it should be', () => {
    const refused: readonly (readonly [object, RegExp])[] = [
      [{ loss: undefined }, /^UsageError: loss: got nothing; takes a function$/],
      [{ optimizer: 'sgd' }, /^UsageError: optimizer: got "sgd"; takes an optimizer, such as sgd\(/],
      [{ optimizer: plainSgd }, /^UsageError: optimizer: got a function; takes an optimizer/],
      [{ metrics: ['accuracy'] }, /^UsageError: metrics: got \["accuracy"\]; takes functions by name/],
      [{ metrics: { accuracy: 1 } }, /^UsageError: metrics\.accuracy: got 1; takes a function$/],
      [{ plugins: shiftPlugin(() => 0) }, /^UsageError: plugins: got {"name":"shift",.*}; takes a list$/],
      [
        { plugins: [shiftPlugin] },
        /^UsageError: plugins\[0\]: got a function; takes a plugin: an object with/,
      ],
      [{ plugins: [{ apply() {} }] }, /^UsageError: plugins\[0\]: got {}; takes a plugin/],
    ];
    for (const [options, message] of refused) assert.throws(() => lineTraining({}, options), message);
    assert.throws(() => createTraining(undefined as never), /^UsageError: createTraining: got nothing/);
    assert.throws(() => createTraining({} as never), /^UsageError: model: got nothing; takes a Train/);
  });

  it('begins at the beginning', () => {
    const training = lineTraining();
    assert.deepEqual(training.position, { epoch: 0, step: 0, stepInEpoch: 0, calibrated: false });
    assert.deepEqual(training.meters, { examples: 0, skippedSteps: 0, perturbedExamples: 0, sums: {} });
    training.dispose();
  });

  it('warns of layers that cannot be quantized, if somebody taps operands', () => {
    const warningsWith = (plugins: readonly TrainingPlugin[]) => {
      const warnings: string[] = [];
      createTraining({
        model: {
          ...lineModel(),
          unsupported: [{ layer: 'attention', reason: 'its weights are not operands' }],
        },
        loss: meanSquaredError,
        optimizer: plainSgd(0.1),
        plugins,
        warn: (line) => warnings.push(line),
      }).dispose();
      return warnings;
    };
    assert.deepEqual(warningsWith([shiftPlugin(() => 0)]), [
      'layer "attention": its weights are not operands',
    ]);
    assert.deepEqual(warningsWith([]), []);
  });

  it('frees variables, slots and plugins at dispose', () => {
    let disposed = 0;
    const counting: TrainingPlugin = {
      name: 'counting',
      apply: ({ dispose }) =>
        dispose.tap('counting', () => {
          disposed += 1;
        }),
    };
    expectNoTensorLeak(() => lineTraining({}, { plugins: [counting, shiftPlugin(() => 0)] }).dispose());
    assert.equal(disposed, 3);
  });

  it('leaves nothing of its own behind when a plugin cannot prepare', () => {
    const failing: TrainingPlugin = {
      name: 'failing',
      apply({ prepare, dispose }) {
        let kept: tf.Tensor | undefined;
        prepare.tap('failing', () => {
          kept = tf.keep(tf.zeros([1]));
          throw new Error('no');
        });
        dispose.tap('failing', () => {
          kept?.dispose();
        });
      },
    };
    const model = lineModel();
    expectNoTensorLeak(() => {
      assert.throws(
        () =>
          createTraining({
            model,
            loss: meanSquaredError,
            optimizer: plainSgd(0.1),
            plugins: [shiftPlugin(() => 0), failing],
          }),
        /plugin "failing", hook "prepare": no/,
      );
    });
    model.dispose();
  });
});
