import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type RegisteredVariable, UsageError } from '@flatbit/core';
import { adam, sgd, type SgdGroup } from '@flatbit/optimizers';
import { expectClose, testEngine } from '@flatbit/testing';
import { parameterOf, step, valuesOf } from './training-parameter.js';

describe('parameter groups', () => {
  before(() => tf.setBackend(testEngine));

  const three = () => [
    parameterOf('conv1/kernel', [1]),
    parameterOf('conv1/kernel/clip', [1], 'weightClip'),
    parameterOf('conv2/input:0/clip', [1], 'activationClip'),
  ];

  /** Where each parameter is after one step of rate 0.1 along a gradient of 1, with these groups. */
  function after(groups: readonly SgdGroup[], parameters: readonly RegisteredVariable[] = three()): number[] {
    const optimizer = sgd({ learningRate: 0.1, groups });
    optimizer.prepare(parameters);
    const gradients = Object.fromEntries(parameters.map(({ key }) => [key, [1]]));
    step(optimizer, parameters, gradients);
    return parameters.map((parameter) => valuesOf(parameter)[0]!);
  }

  it('give clip values a rate of their own, by role', () => {
    expectClose(after([{ roles: ['weightClip', 'activationClip'], learningRate: 0.5 }]), [0.9, 0.5, 0.5]);
  });

  it('find parameters by a pattern or by whole keys', () => {
    expectClose(after([{ keys: /^conv1\//, learningRate: 0.5 }]), [0.5, 0.5, 0.9]);
    expectClose(after([{ keys: ['conv1/kernel'], learningRate: 0.5 }]), [0.5, 0.9, 0.9]);
  });

  it('see every key through a global pattern, which remembers where it was', () => {
    expectClose(after([{ keys: /conv/g, learningRate: 0.5 }]), [0.5, 0.5, 0.5]);
  });

  it('hold what has both the role and the key, when both are named', () => {
    expectClose(after([{ roles: ['weightClip'], keys: /conv/, learningRate: 0.5 }]), [0.9, 0.5, 0.9]);
  });

  it('hold every parameter, when neither is named', () => {
    expectClose(after([{ learningRate: 0.5 }]), [0.5, 0.5, 0.5]);
  });

  it('count once: the first that holds a parameter', () => {
    const groups = [
      { keys: /kernel/, learningRate: 0.2 },
      { roles: ['weightClip'], learningRate: 0.5 },
    ] as const;
    expectClose(after(groups), [0.8, 0.8, 0.9]);
  });

  it('leave open settings to the defaults', () => {
    const [kernel, clip] = three();
    const optimizer = sgd({
      learningRate: 0.1,
      momentum: 0.5,
      weightDecay: 1,
      groups: [{ roles: ['weightClip'], weightDecay: 0 }],
    });
    optimizer.prepare([kernel!, clip!]);
    step(optimizer, [kernel!, clip!], { [kernel!.key]: [1], [clip!.key]: [1] });
    // kernel: g = 1 + 1·1 = 2, p = 1 − 0.2; clip: g = 1, p = 1 − 0.1
    expectClose([...valuesOf(kernel!), ...valuesOf(clip!)], [0.8, 0.9]);
    step(optimizer, [kernel!, clip!], { [kernel!.key]: [0], [clip!.key]: [0] });
    // kernel: g = 0.8, v = 0.5·2 + 0.8 = 1.8, p = 0.8 − 0.18; clip: v = 0.5, p = 0.9 − 0.05
    expectClose([...valuesOf(kernel!), ...valuesOf(clip!)], [0.62, 0.85]);
  });

  it('of momentum 0 keep no slot', () => {
    const [kernel, clip] = three();
    const optimizer = sgd({
      learningRate: 0.1,
      momentum: 0.5,
      nesterov: true,
      groups: [{ roles: ['weightClip'], momentum: 0 }],
    });
    optimizer.prepare([kernel!, clip!]);
    step(optimizer, [clip!], { [clip!.key]: [1] });
    expectClose(valuesOf(clip!), [0.9]);
    assert.deepEqual([...optimizer.slots().keys()], ['conv1/kernel/momentum']);
  });

  it('work in adam too: a rate of 0 holds a parameter still while its moments go on', () => {
    const [kernel, clip] = three();
    const optimizer = adam({ learningRate: 0.1, groups: [{ roles: ['weightClip'], learningRate: 0 }] });
    optimizer.prepare([kernel!, clip!]);
    step(optimizer, [kernel!, clip!], { [kernel!.key]: [1], [clip!.key]: [1] });
    expectClose([...valuesOf(kernel!), ...valuesOf(clip!)], [0.9, 1]);
    expectClose(optimizer.slots().get(`${clip!.key}/firstMoment`)!.dataSync(), [0.1]);
  });

  it('refuse a key that no parameter has', () => {
    const optimizer = sgd({ learningRate: 0.1, groups: [{ keys: ['conv1/kernel', 'conv9/kernel'] }] });
    assert.throws(() => optimizer.prepare(three()), {
      name: UsageError.name,
      message:
        'sgd groups[0].keys: got "conv9/kernel"; takes keys of the 3 parameters (conv1/kernel, conv1/kernel/clip, conv2/input:0/clip), or a pattern',
    });
    assert.equal(optimizer.slots().size, 0);
  });
});
