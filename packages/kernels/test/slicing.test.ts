import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { expectSameOnWasm, inCase, useEngine, withGradients } from './engines.js';

describe('cutting and copying tensors on wasm', () => {
  after(() => useEngine('cpu'));

  it('slices as the cpu engine does, whatever the rank', async () => {
    for (const [shape, begin, size] of [
      [[8], [2], [3]],
      [
        [4, 5],
        [1, 0],
        [2, 5],
      ],
      [
        [4, 5],
        [0, 2],
        [4, 2],
      ],
      [[4, 5], [1], [1]],
      [
        [4, 5],
        [0, 1],
        [4, 0],
      ],
      [
        [3, 4, 5],
        [0, 1, 0],
        [3, 2, 5],
      ],
      [
        [2, 6, 6, 3],
        [0, 1, 2, 1],
        [2, 3, -1, 1],
      ],
      [
        [2, 2, 3, 2, 2, 2],
        [0, 1, 0, 0, 1, 0],
        [1, 1, 3, 1, 1, 2],
      ],
    ]) {
      await inCase(`${String(shape)} at ${String(begin)}, ${String(size)}`, () =>
        expectSameOnWasm(
          [shape!],
          withGradients((x) => tf.slice(x, begin!, size)),
        ),
      );
    }
  });

  it('slices booleans, integers and strings', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const halves = (x: tf.Tensor) => [...x.slice([0, 1], [2, 1]).dataSync()] as unknown[];
      assert.deepEqual(halves(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32')), [2, 4]);
      assert.deepEqual(halves(tf.tensor2d([true, false, false, true], [2, 2], 'bool')), [0, 1]);
      assert.deepEqual(halves(tf.tensor2d(['a', 'b', 'c', 'd'], [2, 2], 'string')), ['b', 'd']);
    });
  });

  it('splits, unstacks, stacks and concatenates with gradients', async () => {
    await expectSameOnWasm([[2, 6, 5]], (x) => tf.split(x!, [1, 2, 3], 1));
    await expectSameOnWasm([[2, 6, 5]], (x) => tf.split(x!, 3, -2));
    await expectSameOnWasm([[2, 6, 5]], (x) => tf.unstack(x!, -1));
    await expectSameOnWasm([[2, 6, 5]], (x) => tf.unstack(x!));
    await expectSameOnWasm(
      [[2, 6, 5]],
      withGradients((x) => tf.unstack(x, 1)[2]!),
    );
    await expectSameOnWasm(
      [
        [2, 3],
        [2, 3],
      ],
      withGradients((a, b) => tf.stack([a!, b!], 1)),
    );
    await expectSameOnWasm(
      [
        [2, 3, 2],
        [2, 1, 2],
      ],
      withGradients((a, b) => tf.concat([a!, b!], 1)),
    );
  });

  it('shares the memory of a clone, which outlives its original', async () => {
    await useEngine('wasm');
    const original = tf.tensor1d([1, 2, 3]);
    const dataIds = tf.backend().numDataIds();
    const clone = original.clone();
    assert.equal(tf.backend().numDataIds(), dataIds);
    original.dispose();
    assert.deepEqual([...clone.dataSync()], [1, 2, 3]);
    clone.dispose();
    assert.equal(tf.backend().numDataIds(), dataIds - 1);
  });

  it('does not change a clone of a variable that is assigned to', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const variable = tf.variable(tf.tensor1d([1, 2]));
      const before = variable.clone();
      variable.assign(tf.tensor1d([3, 4]));
      assert.deepEqual([...before.dataSync()], [1, 2]);
      variable.dispose();
    });
  });

  it('clones strings', async () => {
    await useEngine('wasm');
    tf.tidy(() => assert.deepEqual(tf.tensor1d(['a', 'b'], 'string').clone().dataSync(), ['a', 'b']));
  });
});
