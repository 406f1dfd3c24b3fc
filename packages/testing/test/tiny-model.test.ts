import assert from 'node:assert/strict';
import {
  calibrate,
  evaluate,
  multiplyAccumulates,
  type PassContext,
  trainStep,
  type TrainableModel,
} from '@flatbit/core';
import {
  expectClose,
  expectNoTensorLeak,
  expectSameBits,
  takeSteps,
  testEngine,
  tinyBatches,
  tinyModel,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

describe('tinyModel', () => {
  before(() => tf.setBackend(testEngine));

  const pass = (phase: PassContext['phase'], inference = false): PassContext => ({
    phase,
    epoch: 0,
    step: 0,
    inference,
  });
  const variableOf = (model: TrainableModel, key: string) =>
    model.variables.find((registered) => registered.key === key)!.variable;
  const assign = (model: TrainableModel, key: string, values: tf.TensorLike) =>
    tf.tidy(() => variableOf(model, key).assign(tf.tensor(values)));

  /** Weights for which the hidden values can be worked out by hand: h = [x0, x1, −x0]. */
  function handModel(): TrainableModel {
    const model = tinyModel();
    assign(model, 'dense1/kernel', [
      [1, 0, -1],
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    assign(model, 'dense2/kernel', [
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    return model;
  }

  it('computes dense, batch norm of the batch, ReLU, dense', () => {
    const model = handModel();
    tf.tidy(() => {
      const inputs = tf.tensor2d([
        [1, 10, 0, 0],
        [3, 30, 0, 0],
      ]);
      const [logits] = model.forward([inputs], pass('clean'), (_, value) => value);
      // Columns [1, 3], [10, 30], [−1, −3] standardize to [−1, 1], [−1, 1], [1, −1] up to ε; ReLU drops −1.
      // Rows: [0, 0, 1]·K = [1, 1] and [1, 1, 0]·K = [1, 1].
      expectClose(
        logits!,
        tf.tensor2d([
          [1, 1],
          [1, 1],
        ]),
        { relative: 1e-5 },
      );
    });
    model.dispose();
  });

  it('normalises with moving statistics in inference', () => {
    const model = handModel();
    assign(model, 'batchNorm/movingMean', [1, 0, 0]);
    assign(model, 'batchNorm/movingVariance', [4 - 1e-5, 1 - 1e-5, 1]);
    tf.tidy(() => {
      const inputs = tf.tensor2d([[5, 2, 0, 0]]);
      const [logits] = model.forward([inputs], pass('evaluate', true), (_, value) => value);
      // h = [5, 2, −5] → [(5 − 1)/2, 2, −5] → ReLU [2, 2, 0] → [2, 2]
      expectClose(logits!, [2, 2]);
    });
    model.dispose();
  });

  it('moves statistics by a tenth towards the clean batch, with the unbiased variance', () => {
    const model = handModel();
    tf.tidy(() => {
      const inputs = tf.tensor2d([
        [1, 10, 0, 0],
        [3, 30, 0, 0],
      ]);
      model.forward([inputs], pass('clean'), (_, value) => value);
      model.forward([inputs.mul(100)], pass('perturbed'), (_, value) => value);
      model.moveStatistics(tf.scalar(true, 'bool'));
    });
    // Means [2, 20, −2]; squared deviations 1 + 1 = 2 over n − 1 = 1: variances [2, 200, 2].
    expectClose(variableOf(model, 'batchNorm/movingMean'), [0.2, 2, -0.2]);
    expectClose(variableOf(model, 'batchNorm/movingVariance'), [0.9 + 0.2, 0.9 + 20, 0.9 + 0.2]);
    model.dispose();
  });

  it('keeps statistics where the step was not healthy, or was discarded', () => {
    const model = handModel();
    for (const finish of [
      () => model.moveStatistics(tf.scalar(false, 'bool')),
      () => {
        model.discardStatistics();
        model.moveStatistics(tf.scalar(true, 'bool'));
      },
    ]) {
      tf.tidy(() => {
        model.forward([tf.randomNormal([4, 4])], pass('clean'), (_, value) => value);
        finish();
      });
      expectSameBits(variableOf(model, 'batchNorm/movingMean'), [0, 0, 0]);
      expectSameBits(variableOf(model, 'batchNorm/movingVariance'), [1, 1, 1]);
    }
    model.dispose();
  });

  it('reads every operand once per pass, in their order', () => {
    const model = tinyModel();
    const read: string[] = [];
    tf.tidy(() => {
      model.forward([tf.zeros([2, 4])], pass('evaluate', true), ({ key, shape }, value) => {
        read.push(key);
        assert.deepEqual(
          value.shape,
          shape.map((length) => length ?? 2),
        );
        return value;
      });
    });
    assert.deepEqual(read, ['dense1/input:0', 'dense1/kernel', 'dense2/input:0', 'dense2/kernel']);
    assert.deepEqual(
      read,
      model.operands.map(({ key }) => key),
    );
    model.dispose();
  });

  it('says what its operands are', () => {
    const model = tinyModel();
    const kernels = model.operands.filter(({ role }) => role === 'weight');
    // 4·3 and 3·2 multiply-accumulates.
    assert.deepEqual(
      kernels.map(({ geometry }) => multiplyAccumulates(geometry!)),
      [12, 6],
    );
    assert.deepEqual(
      kernels.map(({ multiplies }) => multiplies),
      ['dense1/input:0', 'dense2/input:0'],
    );
    assert.deepEqual(
      kernels.map(({ first, last }) => [first, last]),
      [
        [true, false],
        [false, true],
      ],
    );
    model.dispose();
  });

  it('gives the same first weights for the same seed', () => {
    const [a, b, c] = [tinyModel({ seed: 3 }), tinyModel({ seed: 3 }), tinyModel({ seed: 4 })];
    const kernel = (model: TrainableModel) => variableOf(model, 'dense1/kernel');
    expectSameBits(kernel(a), kernel(b));
    assert.throws(() => expectSameBits(kernel(a), kernel(c)));
    assert.notEqual(kernel(a).name, kernel(b).name);
    for (const model of [a, b, c]) model.dispose();
  });

  it('has the gradient that finite differences find', async () => {
    const training = tinyTraining([], { learningRate: 1 });
    const source = tinyBatches({ examples: 8 });
    const [batch] = [
      ...(source.batches({ epoch: 0 }) as Iterable<{
        inputs: tf.Tensor[];
        targets: tf.Tensor[];
        size: number;
      }>),
    ];
    const kernel = variableOf(training.model, 'dense1/kernel');
    const lossAt = (shift: number) =>
      tf.tidy(() => {
        const [input] = batch!.inputs;
        const read = (_: { key: string }, value: tf.Tensor) => value;
        const moved = kernel.add(tf.oneHot(tf.scalar(4, 'int32'), 12).toFloat().reshape([4, 3]).mul(shift));
        const [logits] = training.model.forward([input!], pass('perturbed'), (operand, value) =>
          operand.key === 'dense1/kernel' ? moved : read(operand, value),
        );
        return training.loss([logits!], batch!.targets).dataSync()[0]!;
      });
    const slope = (lossAt(1e-2) - lossAt(-1e-2)) / 2e-2;
    const before = kernel.dataSync().slice();
    const result = trainStep(training, batch!);
    const after = kernel.dataSync();
    // Learning rate 1 and no velocity yet: the weight has moved by its gradient. Central differences err by h².
    expectClose(before[4]! - after[4]!, slope, { relative: 1e-3, absolute: 1e-4 });
    tf.dispose([result.loss, { ...result.metrics }, { ...result.finite }, batch!.inputs, batch!.targets]);
    training.dispose();
  });

  it('learns', async () => {
    const training = tinyTraining();
    const source = tinyBatches({ examples: 64 });
    const before = await evaluate(training, source);
    await takeSteps(training, source, 80);
    const after = await evaluate(training, source);
    assert.ok(after.loss < before.loss / 2, `${before.loss} → ${after.loss}`);
    assert.ok(after.metrics['accuracy']! > 0.9, `accuracy is ${after.metrics['accuracy']}`);
    training.dispose();
  });

  it('leaves no tensor behind', async () => {
    await expectNoTensorLeak(async () => {
      const training = tinyTraining();
      for await (const batch of tinyBatches({ examples: 8 }).batches({ epoch: 0 })) {
        await calibrate(training, batch);
        tf.dispose([[...batch.inputs], [...batch.targets]]);
      }
      await takeSteps(training, tinyBatches(), 3);
      training.dispose();
    });
  });
});
