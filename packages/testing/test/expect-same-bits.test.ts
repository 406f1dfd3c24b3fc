import assert from 'node:assert/strict';
import { expectSameBits, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

describe('expectSameBits', () => {
  before(() => tf.setBackend(testEngine));

  it('holds for equal float32 numbers, NaN among them', () => {
    tf.tidy(() => expectSameBits(tf.tensor1d([0.1, NaN, -0]), Float32Array.of(0.1, NaN, -0)));
    expectSameBits([0.1], Float32Array.of(0.1));
  });

  it('sees a difference in the last bit', () => {
    // 1 is 0x3f800000; the next float32 is 1 + 2⁻²³.
    assert.throws(() => expectSameBits([2, 1 + 2 ** -23], [2, 1]), {
      message: 'at index 1: got 1.0000001192092896 (0x3f800001), expected 1 (0x3f800000)',
    });
  });

  it('tells 0 from −0', () => {
    assert.throws(() => expectSameBits([-0], [0]), {
      message: /got -0 \(0x80000000\), expected 0 \(0x00000000\)/,
    });
  });

  it('tells one NaN from another', () => {
    const other = new Float32Array(Uint32Array.of(0x7fc00001).buffer);
    assert.throws(() => expectSameBits(other, Float32Array.of(NaN)), /0x7fc00001.*0x7fc00000/);
  });

  it('compares shapes and lengths first', () => {
    tf.tidy(() => {
      assert.throws(
        () => expectSameBits(tf.zeros([4]), tf.zeros([2, 2])),
        /shape is \[4\], expected \[2,2\]/,
      );
    });
    assert.throws(() => expectSameBits([1], [1, 2]), /there are 1 values, expected 2/);
  });
});
