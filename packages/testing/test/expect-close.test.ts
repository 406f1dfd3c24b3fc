import assert from 'node:assert/strict';
import { expectClose, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

describe('expectClose', () => {
  before(() => tf.setBackend(testEngine));

  it('allows r·|b| + r·max|expected|', () => {
    // At index 0: 0.01·1 + 0.01·100 = 1.01.
    expectClose([2.009, 100], [1, 100], { relative: 0.01 });
    assert.throws(
      () => expectClose([2.011, 100], [1, 100], { relative: 0.01 }),
      /index 0: got 2.011, expected 1/,
    );
  });

  it('replaces the second term by an absolute one', () => {
    expectClose([1.5], [1], { relative: 0, absolute: 0.5 });
    assert.throws(() => expectClose([1.51], [1], { relative: 0, absolute: 0.5 }));
  });

  it('takes 1e-5 for granted', () => {
    expectClose(1.000019, 1);
    assert.throws(() => expectClose(1.000021, 1));
  });

  it('names the worst index', () => {
    assert.throws(() => expectClose([1.1, 2.9, 3], [1, 2, 3]), {
      name: 'AssertionError',
      message: /^at index 1: got 2.9, expected 2; they differ by 0.89/,
    });
  });

  it('tells NaN and infinities from numbers', () => {
    expectClose([NaN, Infinity, -Infinity], [NaN, Infinity, -Infinity]);
    assert.throws(() => expectClose([1, 5], [NaN, 4]), /index 0: got 1, expected NaN/);
    assert.throws(() => expectClose([NaN], [1]), /index 0: got NaN, expected 1/);
    assert.throws(() => expectClose([-Infinity], [Infinity]), /index 0/);
    assert.throws(() => expectClose([1e30, 1], [Infinity, 1]), /index 0/);
    assert.throws(() => expectClose([Infinity], [1e30]), /index 0/);
  });

  it('does not let an infinity widen what the others may differ by', () => {
    assert.throws(() => expectClose([Infinity, 1.1], [Infinity, 1]), /index 1/);
  });

  it('compares tensors, arrays and numbers with each other', () => {
    tf.tidy(() => {
      expectClose(tf.tensor2d([[1, 2]]), [1, 2]);
      expectClose(tf.scalar(3), 3);
      assert.throws(
        () => expectClose(tf.zeros([1, 2]), tf.zeros([2, 1])),
        /shape is \[1,2\], expected \[2,1\]/,
      );
      assert.throws(() => expectClose(tf.zeros([3]), [0, 0]), /there are 3 values, expected 2/);
    });
  });
});
