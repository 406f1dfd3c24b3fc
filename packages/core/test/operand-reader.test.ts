import assert from 'node:assert/strict';
import { createPassReader, createTrainingHooks, type PassContext } from '@flatbit/core';
import { expectClose, expectNoTensorLeak, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { inputOperand, kernelOperand } from './line-model.js';

describe('createPassReader', () => {
  before(() => tf.setBackend(testEngine));

  const pass: PassContext = { phase: 'clean', epoch: 0, step: 0, inference: false };

  function countingHooks() {
    const hooks = createTrainingHooks();
    const calls: string[] = [];
    hooks.operand.tap('double', (value, { key }, { phase }) => {
      calls.push(`${key} ${phase}`);
      return value.mul(2);
    });
    return { hooks, calls };
  }

  it('sends a weight through the hook once per pass, however often it is read', () => {
    const { hooks, calls } = countingHooks();
    const weight = tf.scalar(3);
    for (let count = 0; count < 2; count += 1) {
      const reader = createPassReader(hooks, pass);
      const [first, second] = [reader.read(kernelOperand, weight), reader.read(kernelOperand, weight)];
      assert.equal(first, second);
      expectClose(first, 6);
      reader.release();
    }
    assert.deepEqual(calls, ['line/kernel clean', 'line/kernel clean']);
    weight.dispose();
  });

  it('sends an activation through at each read', () => {
    const { hooks, calls } = countingHooks();
    tf.tidy(() => {
      const reader = createPassReader(hooks, pass);
      expectClose(reader.read(inputOperand, tf.scalar(1)), 2);
      expectClose(reader.read(inputOperand, tf.scalar(5)), 10);
      reader.release();
    });
    assert.equal(calls.length, 2);
  });

  it('keeps a weight beyond an enclosing tidy, and frees it at release', () => {
    const { hooks } = countingHooks();
    const weight = tf.scalar(3);
    expectNoTensorLeak(() => {
      const reader = createPassReader(hooks, pass);
      tf.tidy(() => void reader.read(kernelOperand, weight));
      expectClose(reader.read(kernelOperand, weight), 6);
      reader.release();
    });
    weight.dispose();
  });

  it('does not free a weight that nobody changed, nor a variable that somebody answers with', () => {
    const hooks = createTrainingHooks();
    const weight = tf.variable(tf.scalar(3));
    const other = tf.variable(tf.scalar(4));
    let answer: tf.Tensor = weight;
    hooks.operand.tap('swap', () => answer);
    for (answer of [weight, other]) {
      const reader = createPassReader(hooks, pass);
      assert.equal(reader.read(kernelOperand, weight), answer);
      reader.release();
      assert.ok(!answer.isDisposed);
    }
    tf.dispose([weight, other]);
  });
});
