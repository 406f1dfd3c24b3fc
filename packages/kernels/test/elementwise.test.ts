import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { expectSameOnWasm, inCase, useEngine } from './engines.js';

const pairwise = {
  maximum: tf.maximum,
  minimum: tf.minimum,
  equal: tf.equal,
  notEqual: tf.notEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
} as const;

describe('extremes and comparisons on wasm', () => {
  after(() => useEngine('cpu'));

  for (const [name, op] of Object.entries(pairwise)) {
    it(`${name} is that of the cpu engine for every shape and broadcast`, async () => {
      for (const [left, right] of [
        [[], []],
        [[1], [1]],
        [[15], [15]],
        [[16], [16]],
        [
          [5, 7],
          [5, 7],
        ],
        [[5, 7], []],
        [[], [5, 7]],
        [[1, 1, 1], [37]],
        [[33], [1, 1]],
        [[4, 20], [20]],
        [
          [4, 1],
          [1, 20],
        ],
        [
          [0, 3],
          [0, 3],
        ],
        [[0, 3], []],
      ] as const) {
        await inCase(`[${String(left)}] and [${String(right)}]`, () =>
          expectSameOnWasm([left, right], (a, b) => {
            // Tenths, so that some are equal.
            const [x, y] = [a!.mul(10).round(), b!.mul(10).round()];
            return [op(x, y), op(x, x), op(x.toInt(), y.toInt())];
          }),
        );
      }
    });
  }

  it('treats what is no number, infinite or a negative zero as the cpu engine does', async () => {
    const odd = [NaN, Infinity, -Infinity, 0, -0, 1];
    const pairs = odd.flatMap((left) => odd.map((right) => [left, right] as const));
    const run = () =>
      tf.tidy(() => {
        const [left, right] = [0, 1].map((side) => tf.tensor1d(pairs.map((pair) => pair[side]!)));
        return Object.values(pairwise).map((op) => [...op(left!, right!).dataSync()]);
      });
    await useEngine('cpu');
    const expected = run();
    await useEngine('wasm');
    assert.deepEqual(run(), expected);
  });

  it('answers booleans as zeros and ones', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const x = tf.range(0, 19).sub(9);
      const positive = x.greater(0);
      assert.equal(positive.dtype, 'bool');
      assert.equal(positive.sum().dataSync()[0], 9);
    });
  });
});

describe('where and tile on wasm', () => {
  after(() => useEngine('cpu'));

  it('choose as the cpu engine does, from tensors and from numbers', async () => {
    for (const shape of [[], [3], [4], [5, 7], [2, 3, 4], [0, 3]]) {
      await inCase(`[${String(shape)}]`, () =>
        expectSameOnWasm([shape, shape], (a, b) => [
          tf.where(a!.greater(b!), a!, b!),
          tf.where(a!.greater(b!), a!, tf.scalar(0)),
          tf.where(tf.scalar(false).toBool(), a!, b!),
          tf.where(a!.greater(0), a!.mul(10).toInt(), b!.mul(10).toInt()),
        ]),
      );
    }
  });

  it('keep what is chosen apart from a NaN that is not', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const condition = tf.tensor1d([true, false, true, false, true], 'bool');
      const chosen = tf.where(
        condition,
        tf.tensor1d([1, NaN, 3, NaN, 5]),
        tf.tensor1d([NaN, 2, NaN, 4, NaN]),
      );
      assert.deepEqual([...chosen.dataSync()], [1, 2, 3, 4, 5]);
    });
  });

  it('repeat as the cpu engine does, along any axes', async () => {
    for (const [shape, reps] of [
      [[], []],
      [[3], [4]],
      [[1], [5]],
      [
        [2, 3],
        [1, 1],
      ],
      [
        [2, 3],
        [3, 2],
      ],
      [
        [4, 1],
        [1, 5],
      ],
      [
        [1, 4],
        [5, 1],
      ],
      [
        [2, 1, 3],
        [2, 4, 3],
      ],
      [
        [2, 3],
        [0, 2],
      ],
    ] as const) {
      await inCase(`[${String(shape)}] by [${String(reps)}]`, () =>
        expectSameOnWasm([shape], (x) => [
          tf.tile(x!, [...reps]),
          tf.tile(x!.mul(10).toInt(), [...reps]),
          tf.tile(x!.greater(0), [...reps]),
        ]),
      );
    }
  });
});
