import { trainingBatchNorm, useFusedKernels } from '@flatbit/kernels';
import { liqQuantizer } from '@flatbit/quantizers';
import { expectClose, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { activationOf } from './operands.js';

const liq = liqQuantizer();
const relu6 = { low: 0, high: 6 };

/** Gradients with respect to x, scale, offset and the clip value of what a quantizer makes of a batch norm's output. */
function gradients(
  between: (normed: tf.Tensor) => tf.Tensor,
  { clip = 1.5, signed = false, activation = relu6 as typeof relu6 | undefined } = {},
): number[] {
  return tf.tidy(() => {
    const operands = [
      tf.randomNormal([4, 3, 5], 1, 2, 'float32', 1),
      tf.tensor1d([1, 2, 0.5, -1, 1]),
      tf.tensor1d([0, 1, 0.5, -0.5, 0]),
      tf.scalar(clip),
    ];
    const upstream = tf.randomNormal([4, 3, 5], 0, 1, 'float32', 2);
    const found = tf.grads((...[x, scale, offset, clipValue]) => {
      const { output } = trainingBatchNorm(x!, {
        scale: scale as tf.Tensor1D,
        offset: offset as tf.Tensor1D,
        epsilon: 1e-3,
        activation,
      });
      return liq.fakeQuantize(between(output), { clipValue: clipValue! }, activationOf(4, { signed }));
    })(operands, upstream);
    return found.flatMap((gradient) => [...gradient.dataSync()]);
  });
}

/** By compositions alone. */
function composed<T>(compute: () => T): T {
  useFusedKernels(false);
  try {
    return compute();
  } finally {
    useFusedKernels(true);
  }
}

const asItIs = (normed: tf.Tensor) => normed;
/** Passes its input, and three times the gradient. */
const thrice = (normed: tf.Tensor) =>
  tf.customGrad((x) => ({
    value: (x as tf.Tensor).clone(),
    gradFunc: (dy: tf.Tensor) => dy.mul<tf.Tensor>(3),
  }))(normed);

describe('a quantizer behind a batch norm', () => {
  before(() => tf.setBackend(testEngine));

  it('has the gradients of the composed ops, whatever stands between', () => {
    const settings = [
      {},
      { clip: -1.5 },
      { activation: undefined },
      { activation: undefined, signed: true },
      { clip: 8 },
    ];
    for (const setting of settings) {
      for (const between of [
        asItIs,
        (normed: tf.Tensor) => normed.clone(),
        (normed: tf.Tensor) => normed.reshape([12, 5]).reshape([4, 3, 5]),
        thrice,
      ]) {
        const expected = composed(() => gradients(between, setting));
        expectClose(gradients(between, setting), expected, { relative: 1e-4, absolute: 1e-4 });
      }
    }
  });

  it('lets a custom gradient in between have its say', () => {
    // The clip value is behind it.
    const plain = gradients(asItIs);
    const expected = plain.map((value, index) => (index < plain.length - 1 ? 3 * value : value));
    expectClose(gradients(thrice), expected, { relative: 1e-4, absolute: 1e-4 });
  });

  it('has a gradient at the output of the batch norm itself, on another tape and inside of one', () => {
    const x = tf.tensor2d([1, 2, 3, 4], [4, 1]);
    const scale = tf.ones<tf.Rank.R1>([1]);
    const offset = tf.zeros<tf.Rank.R1>([1]);
    const normed = () => trainingBatchNorm(x, { scale, offset, epsilon: 0 }).output;
    const slope = tf.grad((value: tf.Tensor) =>
      liq.fakeQuantize(value, { clipValue: tf.scalar(0.5) }, activationOf(4)),
    );
    tf.tidy(() => {
      // Normalised: -1.34, -0.45, 0.45, 1.34.
      expectClose(slope(normed()), [0, 0, 1, 0]);
      const inside: number[] = [];
      tf.grad((input: tf.Tensor) => {
        const { output } = trainingBatchNorm(input, { scale, offset, epsilon: 0 });
        inside.push(...slope(output).dataSync());
        return output;
      })(x);
      expectClose(inside, [0, 0, 1, 0]);
    });
    tf.dispose([x, scale, offset]);
  });

  it('takes whole numbers too', () => {
    tf.tidy(() => {
      const value = tf.tensor1d([0, 1, 2, 7], 'int32');
      // 4 bits of 3.75: steps of 0.25.
      const quantized = liq.fakeQuantize(value, { clipValue: tf.scalar(3.75) }, activationOf(4));
      expectClose(quantized, [0, 1, 2, 3.75]);
    });
  });
});
