import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { expectSameOnWasm, inCase, useEngine, withGradients } from './engines.js';

describe('matMul and its gradients on wasm', () => {
  after(() => useEngine('cpu'));

  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      it(`are those of the cpu engine, a ${transposeA ? '' : 'not '}transposed, b ${transposeB ? '' : 'not '}transposed`, async () => {
        // The last is large enough for a batch to be taken apart.
        for (const [batch, rows, inner, columns] of [
          [[], 4, 5, 6],
          [[3], 4, 5, 6],
          [[2, 3], 4, 5, 6],
          [[3], 40, 50, 60],
        ] as const) {
          const a = [...batch, ...(transposeA ? [inner, rows] : [rows, inner])];
          const b = [...batch, ...(transposeB ? [columns, inner] : [inner, columns])];
          await inCase(`${String(a)} by ${String(b)}`, () =>
            expectSameOnWasm(
              [a, b],
              withGradients((a, b) => tf.matMul(a!, b!, transposeA, transposeB)),
            ),
          );
        }
      });
    }
  }

  it('spread one matrix over a batch, on either side', async () => {
    for (const [a, b] of [
      [
        [3, 4, 5],
        [1, 5, 6],
      ],
      [
        [1, 4, 5],
        [3, 5, 6],
      ],
      [
        [2, 1, 4, 5],
        [1, 3, 5, 6],
      ],
    ] as const) {
      await expectSameOnWasm([a, b], (a, b) => tf.matMul(a!, b!));
    }
  });

  it('see two shapes of one tensor as two matrices', async () => {
    await useEngine('wasm');
    tf.tidy(() => {
      const x = tf.range(0, 8);
      const tall = () => tf.matMul(tf.ones([1, 4]), x.reshape([4, 2]));
      const wide = () => tf.matMul(tf.ones([1, 2]), x.reshape([2, 4]));
      // [0 1; 2 3; 4 5; 6 7] and [0 1 2 3; 4 5 6 7], columns added
      for (let again = 0; again < 3; again++) {
        assert.deepEqual([...tall().dataSync()], [12, 16]);
        assert.deepEqual([...wide().dataSync()], [4, 6, 8, 10]);
      }
    });
  });

  it('hold for an empty batch', async () => {
    await useEngine('wasm');
    tf.tidy(() => assert.deepEqual(tf.matMul(tf.zeros([0, 3]), tf.ones([3, 2])).shape, [0, 2]));
  });

  it('hold for the fused product, transposed too', async () => {
    await expectSameOnWasm([[4, 5], [5, 6], [6]], (a, b, bias) =>
      tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation: 'relu' }),
    );
    await expectSameOnWasm([[5, 4], [6, 5], [6]], (a, b, bias) =>
      tf.fused.matMul({ a: a!, b: b!, transposeA: true, transposeB: true, bias: bias! }),
    );
  });

  it('refuse matrices that do not fit', async () => {
    await useEngine('wasm');
    tf.tidy(() =>
      assert.throws(() => tf.matMul(tf.zeros([2, 3]), tf.zeros([4, 5])), /inner shapes \(3\) and \(4\)/),
    );
  });

  it('take a bias that is a reshape of another tensor', async () => {
    await expectSameOnWasm(
      [
        [4, 5],
        [5, 6],
        [2, 3],
      ],
      (a, b, bias) => tf.fused.matMul({ a: a!, b: b!, bias: bias!.mul(2).reshape([6]) }),
    );
  });
});
