import assert from 'node:assert/strict';
import { allocateBits, checkBits, fixedBits, multiplyAccumulates, UsageError } from '@flatbit/core';
import { inputOperand, kernelOperand } from './line-model.js';

describe('multiplyAccumulates', () => {
  it('counts a convolution: k_h·k_w·C_in·C_out·positions', () => {
    // 3·3·16·32·8·8 = 294,912
    const geometry = { kernelSize: [3, 3], inChannels: 16, outChannels: 32, groups: 1, positions: 64 };
    assert.equal(multiplyAccumulates(geometry), 294_912);
  });

  it('counts a depthwise convolution, where channels do not mix', () => {
    // 3·3·16·(16/16)·64 = 9,216·… per channel: 9·16·64
    const geometry = { kernelSize: [3, 3], inChannels: 16, outChannels: 16, groups: 16, positions: 64 };
    assert.equal(multiplyAccumulates(geometry), 9216);
  });

  it('counts a dense layer: in·out', () => {
    const geometry = { kernelSize: [], inChannels: 64, outChannels: 100, groups: 1, positions: 1 };
    assert.equal(multiplyAccumulates(geometry), 6400);
  });
});

describe('allocateBits', () => {
  it('takes a number for all, one for weights and one for activations, or an allocation', () => {
    assert.equal(allocateBits(4).bitsFor(kernelOperand), 4);
    assert.equal(allocateBits(4).bitsFor(inputOperand), 4);
    assert.equal(allocateBits({ weights: 2, activations: 8 }).bitsFor(inputOperand), 8);
    const allocation = fixedBits(3);
    assert.equal(allocateBits(allocation), allocation);
  });

  it('says what it got instead', () => {
    const takes =
      'takes an integer from 1 to 32, { weights, activations }, or an allocation such as paperPolicy(4)';
    const refused: readonly (readonly [unknown, string])[] = [
      [undefined, `bits: got nothing; ${takes}`],
      [null, `bits: got null; ${takes}`],
      ['four', `bits: got "four"; ${takes}`],
      [{ weights: 4 }, `bits: got {"weights":4}; ${takes}`],
      [0, 'bits of weights: got 0; takes an integer from 1 to 32 (32 is full precision)'],
    ];
    for (const [bits, message] of refused) {
      assert.throws(
        () => allocateBits(bits as number),
        (error) => error instanceof UsageError && error.message === message,
      );
    }
  });
});

describe('fixedBits', () => {
  it('gives one number of bits to all, or one to weights and another to activations', () => {
    assert.equal(fixedBits(4).bitsFor(kernelOperand), 4);
    assert.equal(fixedBits(4).bitsFor(inputOperand), 4);
    const mixed = fixedBits({ weights: 2, activations: 8 });
    assert.equal(mixed.bitsFor(kernelOperand), 2);
    assert.equal(mixed.bitsFor(inputOperand), 8);
  });

  it('takes 1 to 32, and says what it got instead', () => {
    assert.equal(checkBits(1, 'bits'), 1);
    assert.equal(checkBits(32, 'bits'), 32);
    for (const bits of [0, 33, 2.5, NaN, -1]) {
      assert.throws(
        () => checkBits(bits, 'stem'),
        (error) =>
          error instanceof UsageError &&
          error.message === `stem: got ${bits}; takes an integer from 1 to 32 (32 is full precision)`,
      );
    }
    assert.throws(() => fixedBits({ weights: 4, activations: 0 }), /bits of activations: got 0/);
    assert.throws(() => fixedBits('4' as never), /^UsageError: bits of weights: got "4"; takes an integer/);
  });
});
