import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose, testEngine } from '@flatbit/testing';
import { liqQuantizer } from '@flatbit/quantizers';
import { activationOf, gaussian, kernelOf, levelCount, quantizeWithGradients, weightOf } from './operands.js';

describe('liqQuantizer', () => {
  before(() => tf.setBackend(testEngine));
  const liq = liqQuantizer();

  it('puts an activation on the levels 0, 1/3, 2/3 and 1 of its clip value at 2 bits', () => {
    // alpha = 2: x / 2 * 3 = 0, 0.45, 1.5 (to even: 2), 2.55, 3; a third of alpha per level.
    const x = tf.tensor1d([-1, 0, 0.3, 1, 1.7, 2, 5]);
    const pass = quantizeWithGradients(liq, x, { clipValue: tf.scalar(2) }, activationOf(2));
    expectClose(pass.value, [0, 0, 0, 4 / 3, 2, 2, 2]);
    expectClose(pass.toValue, [0, 1, 1, 1, 1, 1, 0]);
    // q - u in range, q outside: 0 + 0 - 0.15 + (2/3 - 1/2) + (1 - 0.85) + 0 + 1.
    expectClose(pass.toParameters[0]!, 7 / 6);
  });

  it('puts a weight on 4 levels without zero at 2 bits', () => {
    // alpha = 1.5: (clip(w / 1.5) + 1) * 1.5 = 0, 0, 0.9, 1.5 (to even: 2), 1.7, 2.6, 3, 3; level = index - 1.5.
    const w = tf.tensor1d([-3, -1.5, -0.6, 0, 0.2, 1.1, 1.5, 2]);
    const pass = quantizeWithGradients(liq, w, { clipValue: tf.scalar(1.5) }, weightOf(2));
    expectClose(pass.value, [-1.5, -1.5, -0.5, 0.5, 0.5, 1.5, 1.5, 1.5]);
    expectClose(pass.toValue, [0, 1, 1, 1, 1, 1, 1, 0]);
    // -1 + 0 + (-1/3 + 0.4) + 1/3 + (1/3 - 0.4/3) + (1 - 2.2/3) + 0 + 1 = 13/15.
    expectClose(pass.toParameters[0]!, 13 / 15);
  });

  it('puts a signed activation on levels around zero, zero among them', () => {
    // 3 bits, alpha = 1.5: steps of 1.5 / 3 = 0.5; x / 0.5 = -4, -1.5 (to even: -2), -0.4, 0, 0.5 (to even: 0), 1.6, 3.
    const x = tf.tensor1d([-2, -0.75, -0.2, 0, 0.25, 0.8, 1.5]);
    const target = activationOf(3, { signed: true });
    const pass = quantizeWithGradients(liq, x, { clipValue: tf.scalar(1.5) }, target);
    expectClose(pass.value, [-1.5, -1, 0, 0, 0, 1, 1.5]);
    expectClose(pass.toValue, [0, 1, 1, 1, 1, 1, 1]);
    // -1 + (-2/3 + 1/2) + 0.4/3 + 0 - 1/6 + (2/3 - 1.6/3) + 0 = -16/15.
    expectClose(pass.toParameters[0]!, -16 / 15);
  });

  it('gives a weight the two levels -alpha and alpha at 1 bit', () => {
    // (0 + 1) / 2 = 0.5 goes to the even index, 0: level -alpha.
    const w = tf.tensor1d([-5, -0.1, 0, 0.1, 5]);
    const quantized = liq.fakeQuantize(w, { clipValue: tf.scalar(0.5) }, weightOf(1));
    expectClose(quantized, [-0.5, -0.5, -0.5, 0.5, 0.5]);
  });

  it('gives an activation the two levels 0 and alpha at 1 bit', () => {
    const x = tf.tensor1d([0, 0.9, 1, 1.1, 7]);
    const quantized = liq.fakeQuantize(x, { clipValue: tf.scalar(2) }, activationOf(1));
    expectClose(quantized, [0, 0, 0, 2, 2]);
  });

  it('rounds halves to even, whatever the clip value', () => {
    // 1/6, 1/2, 5/6 of alpha are 0.5, 1.5, 2.5 steps; 0.35 / 0.7 is exactly one half in float32.
    const ties = tf.tensor1d([1 / 6, 1 / 2, 5 / 6]);
    const onOne = liq.fakeQuantize(ties, { clipValue: tf.scalar(1) }, activationOf(2));
    expectClose(onOne, [0, 2 / 3, 2 / 3]);
    const half = liq.fakeQuantize(tf.tensor1d([0.35]), { clipValue: tf.scalar(0.7) }, activationOf(2));
    expectClose(half, [1.4 / 3]);
  });

  it('takes the magnitude of a negative clip value, and turns its gradient round', () => {
    const x = tf.tensor1d([-1, 0, 0.3, 1, 1.7, 2, 5]);
    const pass = quantizeWithGradients(liq, x, { clipValue: tf.scalar(-2) }, activationOf(2));
    expectClose(pass.value, [0, 0, 0, 4 / 3, 2, 2, 2]);
    expectClose(pass.toValue, [0, 1, 1, 1, 1, 1, 0]);
    expectClose(pass.toParameters[0]!, -7 / 6);
  });

  it('floors a clip value of zero at 1e-8, and gives it the gradient 0, the sign of zero', () => {
    const x = tf.tensor1d([0, 1]);
    const pass = quantizeWithGradients(liq, x, { clipValue: tf.scalar(0) }, activationOf(4));
    expectClose(pass.value, [0, 1e-8]);
    expectClose(pass.toValue, [1, 0]);
    expect(pass.toParameters[0]!.dataSync()[0]).to.equal(0);
  });

  it('gives the clip value one from each saturated value, and those no gradient', () => {
    const upstream = tf.tensor1d([1, 2, 3]);
    const weight = tf.tensor1d([9, -9, 9]);
    const pass = quantizeWithGradients(liq, weight, { clipValue: tf.scalar(1) }, weightOf(4), upstream);
    expectClose(pass.value, [1, -1, 1]);
    expectClose(pass.toValue, [0, 0, 0]);
    expectClose(pass.toParameters[0]!, 1 - 2 + 3);
  });

  it('keeps a value at the bound in range, and drops the float32 beside it', () => {
    const beyond = Math.fround(0.7) + 2 ** -24;
    const x = tf.tensor1d([0.7, beyond, 0, -(2 ** -126)]);
    const { toValue } = quantizeWithGradients(liq, x, { clipValue: tf.scalar(0.7) }, activationOf(4));
    expectClose(toValue, [1, 0, 1, 0]);
  });

  describe('normalises the weights of a convolution', () => {
    // mean 0, deviation sqrt((1 + 1) / 1) = sqrt(2); 1 / sqrt(2) = 0.7071 is index round(1.7071 * 1.5) = 3, level 1.
    const kernel = (): tf.Tensor => tf.tensor4d([-1, 1], [1, 1, 2, 1]);
    const target = kernelOf(2, [1, 1, 2, 1]);
    const upstream = (): tf.Tensor => tf.tensor4d([-1, 1], [1, 1, 2, 1]);
    const residual = 2 * (1 - Math.SQRT1_2);

    it("'standard': and leaves them so", () => {
      const standard = liqQuantizer({ normalize: 'standard' });
      const parameters = { clipValue: tf.scalar(1) };
      const pass = quantizeWithGradients(standard, kernel(), parameters, target, upstream());
      expectClose(pass.value.flatten(), [-1, 1]);
      expectClose(pass.toValue.flatten(), [-Math.SQRT1_2, Math.SQRT1_2]);
      expectClose(pass.toParameters[0]!, residual);
    });

    it("'rescaled': and brings them back to their mean and deviation", () => {
      const shifted = kernel().add(5);
      const parameters = { clipValue: tf.scalar(1) };
      const pass = quantizeWithGradients(liq, shifted, parameters, target, upstream());
      expectClose(pass.value.flatten(), [5 - Math.SQRT2, 5 + Math.SQRT2]);
      expectClose(pass.toValue.flatten(), [-1, 1]);
      expectClose(pass.toParameters[0]!, Math.SQRT2 * residual);
    });

    it("'none': not at all", () => {
      const plain = liqQuantizer({ normalize: 'none' });
      const quantized = plain.fakeQuantize(kernel(), { clipValue: tf.scalar(3) }, target);
      expectClose(quantized.flatten(), [-1, 1]);
    });

    it('but not those of a dense layer', () => {
      const quantized = liq.fakeQuantize(kernel(), { clipValue: tf.scalar(3) }, weightOf(2));
      expectClose(quantized.flatten(), [-1, 1]);
    });

    it('whatever kind of convolution it is', () => {
      for (const layerKind of ['conv1d', 'conv2dTranspose', 'depthwiseConv2d', 'separableConv2d']) {
        const quantized = liq.fakeQuantize(kernel(), { clipValue: tf.scalar(1) }, weightOf(2, { layerKind }));
        expectClose(quantized.flatten(), [-Math.SQRT2, Math.SQRT2]);
      }
    });

    it('so that a constant filter bank becomes zeros, and is itself again when rescaled', () => {
      const constant = tf.fill([3, 3, 16, 16], 0.1);
      const parameters = { clipValue: tf.scalar(1) };
      const of = kernelOf(2, [3, 3, 16, 16]);
      // Zeros sit half way between two levels: index 1.5, to even 2, level 1/3.
      const standard = liqQuantizer({ normalize: 'standard' }).fakeQuantize(constant, parameters, of);
      expectClose(standard, tf.fill([3, 3, 16, 16], 1 / 3));
      const pass = quantizeWithGradients(liq, constant, parameters, of);
      expectClose(pass.value, constant);
      expectClose(pass.toValue, tf.onesLike(constant));
    });

    it('so that a single weight is itself again when rescaled', () => {
      const single = tf.tensor4d([0.3], [1, 1, 1, 1]);
      const parameters = { clipValue: tf.scalar(1) };
      expectClose(liq.fakeQuantize(single, parameters, kernelOf(4, [1, 1, 1, 1])), single);
    });
  });

  it('is within half a step of the weights of a convolution at 8 bits, rescaled', () => {
    const widest = liqQuantizer({ start: { maxAbs: 1 } });
    const kernel = gaussian([3, 3, 8, 8]).mul(0.05).add(0.02);
    const target = kernelOf(8, [3, 3, 8, 8]);
    const parameters = widest.initialize(kernel, target);
    const worst = widest.fakeQuantize(kernel, parameters, target).sub(kernel).abs().max().dataSync()[0]!;
    // 255 steps over 2 * |clip value| deviations.
    const deviation = Math.sqrt(tf.moments(kernel).variance.dataSync()[0]! * (576 / 575));
    const step = (2 * parameters['clipValue']!.dataSync()[0]! * deviation) / 255;
    expect(worst).to.be.at.most((step / 2) * 1.0001);
    expect(worst).to.be.above(step / 4);
  });

  it('has at most 2^bits levels for weights, one less for signed activations', () => {
    const values = gaussian([64, 32]);
    for (const bits of [2, 3, 4]) {
      const clipValue = tf.scalar(1.5);
      expect(levelCount(liq.fakeQuantize(values, { clipValue }, weightOf(bits)))).to.equal(2 ** bits);
      expect(levelCount(liq.fakeQuantize(values, { clipValue }, activationOf(bits)))).to.equal(2 ** bits);
      const signed = liq.fakeQuantize(values, { clipValue }, activationOf(bits, { signed: true }));
      expect(levelCount(signed.add(0))).to.equal(2 ** bits - 1);
    }
  });

  it('refuses a signed activation at 1 bit', () => {
    const target = activationOf(1, { signed: true });
    const message =
      'quantizer "liq" takes 2 to 31 bits for the signed activation of a dense layer, not 1; change the bits or the quantizer';
    expect(() => liq.parameters(target)).to.throw(RangeError, message);
    expect(() => liq.fakeQuantize(tf.zeros([1]), { clipValue: tf.scalar(1) }, target)).to.throw(
      RangeError,
      message,
    );
  });

  it('has one clip value per output channel if told so, for weights alone', () => {
    const perChannel = liqQuantizer({ granularity: 'perChannel' });
    const spec = { name: 'clipValue', kind: 'clip', initial: 1 };
    expect(perChannel.parameters(kernelOf(4, [3, 3, 2, 5]))).to.deep.equal([
      { ...spec, shape: [1, 1, 1, 5] },
    ]);
    const depthwise = weightOf(4, {
      layerKind: 'depthwiseConv2d',
      shape: [3, 3, 5, 2],
      channelAxes: [2, 3],
    });
    expect(perChannel.parameters(depthwise)).to.deep.equal([{ ...spec, shape: [1, 1, 5, 2] }]);
    expect(perChannel.parameters(activationOf(4))).to.deep.equal([{ ...spec, shape: [] }]);
    expect(liq.parameters(kernelOf(4, [3, 3, 2, 5]))).to.deep.equal([{ ...spec, shape: [] }]);
  });

  it('sums the gradient of each clip value over its own channel', () => {
    // Channel 0 saturates at alpha = 1 with upstream 1 and 2; channel 1, at alpha = 100, index 2 of 0..3 on 100 * (2 * 2/3 - 1).
    const perChannel = liqQuantizer({ granularity: 'perChannel' });
    const weight = tf.tensor2d([
      [9, 0],
      [9, 0],
    ]);
    const upstream = tf.tensor2d([
      [1, 10],
      [2, 10],
    ]);
    const parameters = { clipValue: tf.tensor2d([[1, -100]]) };
    const target = weightOf(2, { shape: [2, 2] });
    const pass = quantizeWithGradients(perChannel, weight, parameters, target, upstream);
    expectClose(pass.value.flatten(), [1, 100 / 3, 1, 100 / 3]);
    // 1 + 2; and 10 * 1/3 twice, turned round by the sign.
    expectClose(pass.toParameters[0]!, tf.tensor2d([[3, -20 / 3]]));
  });
});
