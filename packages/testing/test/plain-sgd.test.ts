import type { RegisteredVariable } from '@flatbit/core';
import { expectClose, expectNoTensorLeak, expectSameBits, plainSgd, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

describe('plainSgd', () => {
  before(() => tf.setBackend(testEngine));

  function parameterOf(values: number[]): RegisteredVariable {
    const initial = tf.tensor1d(values);
    const variable = tf.variable(initial);
    initial.dispose();
    return { key: 'w', role: 'weight', owner: 'model', gradient: 'update', variable };
  }

  it('moves along the gradient with momentum', () => {
    const parameter = parameterOf([1, 2]);
    const optimizer = plainSgd(0.1, 0.5);
    optimizer.prepare([parameter]);
    const step = (values: number[], learningRateFactor: number) =>
      tf.tidy(() => {
        const healthy = tf.scalar(true, 'bool');
        optimizer.update([{ parameter, gradient: tf.tensor1d(values) }], { learningRateFactor, healthy });
      });
    step([1, -2], 1);
    // v = g; p = [1, 2] − 0.1·[1, −2]
    expectClose(parameter.variable, [0.9, 2.2]);
    step([1, 0], 0.5);
    // v = 0.5·[1, −2] + [1, 0] = [1.5, −1]; p −= 0.1·0.5·v
    expectClose(parameter.variable, [0.825, 2.25]);
    expectClose(optimizer.slots().get('w/momentum')!, [1.5, -1]);
    optimizer.dispose();
    parameter.variable.dispose();
  });

  it('moves nothing where it is not healthy, NaN or not', () => {
    const parameter = parameterOf([1, 2]);
    const optimizer = plainSgd(0.1);
    optimizer.prepare([parameter]);
    tf.tidy(() => {
      const healthy = tf.scalar(false, 'bool');
      const gradient = tf.tensor1d([NaN, 1]);
      optimizer.update([{ parameter, gradient }], { learningRateFactor: 1, healthy });
    });
    expectSameBits(parameter.variable, [1, 2]);
    expectSameBits(optimizer.slots().get('w/momentum')!, [0, 0]);
    optimizer.dispose();
    parameter.variable.dispose();
  });

  it('leaves no tensor behind', () => {
    const parameter = parameterOf([1, 2]);
    expectNoTensorLeak(() => {
      const optimizer = plainSgd(0.1);
      optimizer.prepare([parameter]);
      optimizer.dispose();
    });
    parameter.variable.dispose();
  });
});
