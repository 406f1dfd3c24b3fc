import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { inCase, useEngine, valuesOf } from './engines.js';

type Op = (x: tf.Tensor, filter: tf.Tensor) => tf.Tensor;

const ops: Readonly<Record<string, { readonly shapes: readonly [number[], number[]]; readonly op: Op }>> = {
  'conv2d, strides 1': {
    shapes: [
      [2, 5, 6, 3],
      [3, 3, 3, 8],
    ],
    op: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
  },
  'conv2d, strides 2': {
    shapes: [
      [2, 6, 6, 5],
      [3, 3, 5, 3],
    ],
    op: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same'),
  },
  depthwiseConv2d: {
    shapes: [
      [2, 6, 6, 20],
      [3, 3, 20, 1],
    ],
    op: (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
  },
  matMul: {
    shapes: [
      [5, 7],
      [7, 3],
    ],
    op: (x, filter) => x.matMul(filter),
  },
};

/** Where values and gradients are no finite number, one of x, the filter and the upstream gradient having one that is none. */
function lost(op: Op, shapes: readonly number[][], spoiled: number, odd: number): boolean[] {
  return tf.tidy(() => {
    const make = (shape: number[], which: number): tf.Tensor => {
      const values = valuesOf(shape, which + 1);
      if (which === spoiled) values[Math.floor(values.length / 2)] = odd;
      return tf.tensor(values, shape);
    };
    const [x, filter] = shapes.map(make) as [tf.Tensor, tf.Tensor];
    const value = op(x, filter);
    const gradients = tf.grads((x, filter) => op(x!, filter!))([x, filter], make(value.shape, 2));
    return [value, ...gradients].flatMap((tensor) =>
      [...tensor.dataSync()].map((each) => !Number.isFinite(each)),
    );
  });
}

describe('what is no finite number on wasm', () => {
  after(() => useEngine('cpu'));

  for (const [name, { shapes, op }] of Object.entries(ops)) {
    it(`comes through ${name} and its gradients wherever it does on cpu`, async () => {
      for (const odd of [NaN, Infinity]) {
        for (const [spoiled, what] of ['x', 'filter', 'upstream'].entries()) {
          await useEngine('cpu');
          const expected = lost(op, shapes, spoiled, odd);
          assert.ok(expected.includes(true));
          await useEngine('wasm');
          const actual = lost(op, shapes, spoiled, odd);
          // It may reach further: a kernel may multiply it by a zero of its own.
          await inCase(`${odd} in ${what}`, () => {
            assert.deepEqual(
              expected.map((isLost, index) => isLost && !actual[index]),
              expected.map(() => false),
            );
            return Promise.resolve();
          });
        }
      }
    });
  }

  it('comes through the rows of a segment, and stays in it', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, NaN, 4, 5, Infinity], [3, 2]);
      const sums = tf.unsortedSegmentSum(x, tf.tensor1d([0, 2, 0], 'int32'), 3);
      assert.deepEqual([...sums.dataSync()], [6, Infinity, 0, 0, NaN, 4]);
    });
  });

  it('does not come from segments without rows', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const sums = tf.unsortedSegmentSum(tf.zeros([0, 2]), tf.tensor1d([], 'int32'), 2);
      assert.deepEqual(sums.arraySync(), [
        [0, 0],
        [0, 0],
      ]);
    });
  });
});
