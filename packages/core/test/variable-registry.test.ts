import assert from 'node:assert/strict';
import { type RegisteredVariable, UsageError, VariableRegistry } from '@flatbit/core';
import { expectNoTensorLeak, expectSameBits, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

describe('VariableRegistry', () => {
  before(() => tf.setBackend(testEngine));

  const create = (
    registry: VariableRegistry,
    key: string,
    role: RegisteredVariable['role'],
    initial?: number,
  ) =>
    registry.create({ owner: 'quantize', key, role, shape: [2], ...(initial !== undefined && { initial }) });
  const keysOf = (variables: readonly RegisteredVariable[]) => variables.map(({ key }) => key);

  it('makes float32 variables of one value, 0 unless given', () => {
    const registry = new VariableRegistry();
    expectSameBits(create(registry, 'a', 'other'), [0, 0]);
    expectSameBits(create(registry, 'b', 'other', 0.5), [0.5, 0.5]);
    assert.equal(registry.get('a')!.variable.dtype, 'float32');
    assert.equal(registry.get('c'), undefined);
    registry.dispose();
  });

  it('keeps everything in the order in which it came', () => {
    const registry = new VariableRegistry();
    for (const key of ['z', 'a', 'm']) create(registry, key, 'other');
    assert.deepEqual(keysOf(registry.all()), ['z', 'a', 'm']);
    registry.dispose();
  });

  it('knows by role who gets a gradient, who is updated and who is saved', () => {
    const registry = new VariableRegistry();
    create(registry, 'clip', 'weightClip', 1);
    create(registry, 'probe', 'perturbation');
    create(registry, 'mean', 'statistic');
    assert.deepEqual(keysOf(registry.updated()), ['clip']);
    assert.deepEqual(keysOf(registry.differentiated()), ['clip', 'probe']);
    assert.deepEqual(keysOf(registry.saved()), ['clip', 'mean']);
    assert.deepEqual(keysOf(registry.withRole('statistic', 'weightClip')), ['clip', 'mean']);
    assert.deepEqual(registry.withRole('bias'), []);
    registry.dispose();
  });

  it('refuses a key that is taken, naming both owners, and makes nothing', () => {
    const registry = new VariableRegistry();
    create(registry, 'dense/kernel/clip', 'weightClip');
    expectNoTensorLeak(() => {
      assert.throws(
        () => registry.create({ owner: 'sam', key: 'dense/kernel/clip', role: 'perturbation', shape: [] }),
        (error) =>
          error instanceof UsageError &&
          error.message === 'variable "dense/kernel/clip" of "quantize" exists; "sam" needs another key',
      );
    });
    const variable = tf.tidy(() => tf.variable(tf.scalar(1)));
    const adopted = {
      key: 'dense/kernel/clip',
      role: 'other',
      owner: 'model',
      gradient: 'none',
      variable,
    } as const;
    assert.throws(() => registry.adopt([adopted]), /"model" needs another key/);
    variable.dispose();
    registry.dispose();
  });

  it('gives the same key another TF.js name in each training', () => {
    const [a, b] = [new VariableRegistry(), new VariableRegistry()];
    assert.notEqual(create(a, 'clip', 'other').name, create(b, 'clip', 'other').name);
    a.dispose();
    b.dispose();
  });

  it('frees what it made, and not what it adopted', () => {
    const variable = tf.tidy(() => tf.variable(tf.scalar(7)));
    expectNoTensorLeak(() => {
      const registry = new VariableRegistry();
      registry.adopt([{ key: 'w', role: 'weight', owner: 'model', gradient: 'update', variable }]);
      create(registry, 'clip', 'weightClip');
      registry.dispose();
      assert.deepEqual(registry.all(), []);
    });
    expectSameBits(variable, [7]);
    variable.dispose();
  });
});
