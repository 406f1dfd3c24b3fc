import assert from 'node:assert/strict';
import type { Batch, BatchSource, SourcePosition } from '@flatbit/core';
import { expectNoTensorLeak, takeSteps, testEngine, tinyBatches, tinyTraining } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

describe('tinyBatches', () => {
  before(() => tf.setBackend(testEngine));

  /** Rows as text, in the order in which they come. */
  function rowsOf(source: BatchSource, from: SourcePosition): string[][] {
    return [...(source.batches(from) as Iterable<Batch>)].map(({ inputs, targets }) => {
      const rows = inputs[0]!.arraySync() as number[][];
      const labels = targets[0]!.arraySync() as number[];
      tf.dispose([[...inputs], [...targets]]);
      return rows.map((row, at) => `${row} is ${labels[at]}`);
    });
  }

  it('shows every example once per epoch, in another order each', () => {
    const source = tinyBatches({ examples: 20, batchSize: 8 });
    const [first, second] = [rowsOf(source, { epoch: 0 }), rowsOf(source, { epoch: 1 })];
    assert.deepEqual(
      first.map((batch) => batch.length),
      [8, 8, 4],
    );
    assert.equal(source.stepsPerEpoch, 3);
    assert.equal(new Set(first.flat()).size, 20);
    assert.deepEqual([...first.flat()].sort(), [...second.flat()].sort());
    assert.notDeepEqual(first, second);
  });

  it('begins in the middle of an epoch', () => {
    const source = tinyBatches({ examples: 20, batchSize: 8 });
    assert.deepEqual(rowsOf(source, { epoch: 3, step: 2 }), rowsOf(source, { epoch: 3 }).slice(2));
  });

  it('depends on nothing but its seed', () => {
    assert.deepEqual(
      rowsOf(tinyBatches({ seed: 5 }), { epoch: 2 }),
      rowsOf(tinyBatches({ seed: 5 }), { epoch: 2 }),
    );
    assert.notDeepEqual(
      rowsOf(tinyBatches({ seed: 5 }), { epoch: 2 }),
      rowsOf(tinyBatches({ seed: 6 }), { epoch: 2 }),
    );
  });

  it('has both classes', () => {
    const labels = rowsOf(tinyBatches(), { epoch: 0 })
      .flat()
      .map((row) => row.at(-1));
    assert.deepEqual([...new Set(labels)].sort(), ['0', '1']);
  });

  it('is walked by takeSteps across epochs, and left clean', async () => {
    const training = tinyTraining();
    await expectNoTensorLeak(() => takeSteps(training, tinyBatches(), 4), { times: 1 });
    const { epoch, step, stepInEpoch } = training.position;
    assert.deepEqual({ epoch, step, stepInEpoch }, { epoch: 1, step: 4, stepInEpoch: 1 });
    training.dispose();
  });
});
