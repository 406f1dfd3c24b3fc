import assert from 'node:assert/strict';
import { expectNoTensorLeak, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

describe('expectNoTensorLeak', () => {
  before(() => tf.setBackend(testEngine));

  it('holds where everything is disposed', async () => {
    expectNoTensorLeak(() => tf.tidy(() => void tf.scalar(1).add(2)));
    await expectNoTensorLeak(async () => {
      const one = tf.scalar(1);
      await one.data();
      one.dispose();
    });
  });

  it('counts what each call leaves', () => {
    const left: tf.Tensor[] = [];
    const leak = () => left.push(tf.scalar(1));
    const tensors = tf.memory().numTensors;
    assert.throws(() => expectNoTensorLeak(leak, { times: 5 }), {
      message: new RegExp(`^${tensors} tensors .* became ${tensors + 5} .* after 5 calls$`),
    });
    assert.equal(left.length, 5);
    tf.dispose(left);
  });

  it('waits for each call of an async function', async () => {
    const left: tf.Tensor[] = [];
    const leak = async () => {
      await Promise.resolve();
      left.push(tf.scalar(1));
    };
    await assert.rejects(expectNoTensorLeak(leak, { times: 4 }), /after 4 calls/);
    assert.equal(left.length, 4);
    tf.dispose(left);
  });

  it('sees a buffer whose tensor count balances', () => {
    const kept = tf.tidy(() => tf.scalar(1));
    const alias = kept.clone();
    let fresh: tf.Tensor | undefined;
    // One tensor goes and one comes; but the buffer of the one that goes is shared, so a buffer is left.
    assert.throws(() =>
      expectNoTensorLeak(
        () => {
          alias.dispose();
          fresh = tf.scalar(2);
        },
        { times: 1 },
      ),
    );
    tf.dispose([kept, fresh!]);
  });

  it('lets an error through', async () => {
    assert.throws(() => expectNoTensorLeak(() => assert.fail('inside')), /inside/);
    await assert.rejects(
      expectNoTensorLeak(() => Promise.reject(new Error('later'))),
      /later/,
    );
  });
});
