import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose } from '@flatbit/testing';
import { liqQuantizer, type ClipStart } from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';
import { activationOf, gaussian, kernelOf, squaredError, weightOf } from './operands.js';
import type { QuantizerTarget } from '@flatbit/quantizers';

for (const engine of engines) {
  describe(`the start of a clip value, on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));
    const startOf = (start: ClipStart, value: tf.Tensor, target: QuantizerTarget): tf.Tensor =>
      liqQuantizer({ start }).initialize(value, target)['clipValue']!;

    it("'mse' finds the best uniform quantizer of a Gaussian", () => {
      // Max, "Quantizing for minimum distortion" (1960), table II: step 1.596, 0.9957, 0.5860, 0.3352 for 2, 4, 8, 16 levels;
      // the outermost of 2^k levels is (2^k - 1) / 2 steps out.
      const values = gaussian([200, 200]);
      const steps = [1.596, 0.9957, 0.586, 0.3352];
      steps.forEach((step, index) => {
        const bits = index + 1;
        const best = (step * (2 ** bits - 1)) / 2;
        expectClose(startOf('mse', values, weightOf(bits)), best, { relative: 0.05, absolute: 0 });
      });
    });

    it("'mse' has less squared error than any of 400 other ranges, within 2 percent", () => {
      const values = gaussian([32, 16]).relu();
      const liq = liqQuantizer();
      for (const bits of [2, 4, 8]) {
        const target = activationOf(bits);
        const errorAt = (clipValue: tf.Tensor): number =>
          squaredError(liq.fakeQuantize(values, { clipValue }, target), values);
        const largest = values.max().dataSync()[0]!;
        const errors = Array.from({ length: 400 }, (_, i) => errorAt(tf.scalar((largest * (i + 1)) / 400)));
        expect(errorAt(startOf('mse', values, target))).to.be.at.most(1.02 * Math.min(...errors));
      }
    });

    it("'mse' has less squared error at 2 bits than the largest magnitude", () => {
      const values = gaussian([3, 3, 8, 8]);
      const target = kernelOf(2, [3, 3, 8, 8]);
      const liq = liqQuantizer();
      const errorFrom = (start: ClipStart): number =>
        squaredError(liq.fakeQuantize(values, { clipValue: startOf(start, values, target) }, target), values);
      expect(errorFrom('mse')).to.be.below(0.5 * errorFrom({ maxAbs: 1 }));
    });

    it("'mse' is not led astray by one value a hundred times larger", () => {
      const values = tf.concat([gaussian([4000]), tf.tensor1d([100])]);
      expect(startOf('mse', values, weightOf(8)).dataSync()[0]).to.be.within(4, 100);
      const ordinary = tf.concat([gaussian([40000]), tf.tensor1d([100])]);
      expect(startOf('mse', ordinary, weightOf(2)).dataSync()[0]).to.be.below(20);
    });

    it('a percentile is the nearest rank', () => {
      const values = tf.tensor1d([7, -10, 1, 2, 3, -4, 5, 6, 8, 9]);
      // Magnitudes 1 to 10: at least 90 percent of them are up to 9, half of them up to 5, 41 percent of them up to 5.
      expectClose(startOf({ percentile: 90 }, values, weightOf(4)), 9);
      expectClose(startOf({ percentile: 50 }, values, weightOf(4)), 5);
      expectClose(startOf({ percentile: 41 }, values, weightOf(4)), 5);
      expectClose(startOf({ percentile: 100 }, values, weightOf(4)), 10);
      expectClose(startOf({ percentile: 1e-6 }, values, weightOf(4)), 1);
      // 16.1 percent of 1000 is 161, though 16.1 * 1000 / 100 is a bit more in floating point.
      expectClose(startOf({ percentile: 16.1 }, tf.range(1, 1001), weightOf(4)), 161);
    });

    it('a percentile counts the negative half of an unsigned activation as zeros', () => {
      const values = tf.tensor1d([-9, 1, 2, 3]);
      expectClose(startOf({ percentile: 100 }, values, activationOf(4)), 3);
      expectClose(startOf({ percentile: 100 }, values, activationOf(4, { signed: true })), 9);
      // 0, 1, 2, 3: a quarter of them are up to 0, which the floor lifts.
      expectClose(startOf({ percentile: 25 }, values, activationOf(4)), 1e-8);
    });

    it('maxAbs is a multiple of the largest magnitude', () => {
      expectClose(startOf({ maxAbs: 0.8 }, tf.tensor1d([-5, 1, 3]), weightOf(4)), 4);
      expectClose(startOf({ maxAbs: 0.8 }, tf.tensor1d([-5, 1, 3]), activationOf(4)), 4);
    });

    it('a number is itself, before and after data', () => {
      expectClose(startOf(2.5, tf.tensor1d([-5, 1, 3]), weightOf(4)), 2.5);
      expect(liqQuantizer({ start: 2.5 }).parameters(weightOf(4))[0]!.initial).to.equal(2.5);
    });

    it('is taken in units of the deviation for a normalised weight', () => {
      // Mean 10, deviation sqrt(8 / 1) / ... of -2 and 2 around it: sqrt((4 + 4) / 1) = 2.828; the largest is 2 / 2.828.
      const kernel = tf.tensor4d([8, 12], [1, 1, 1, 2]);
      expectClose(startOf({ maxAbs: 1 }, kernel, kernelOf(4, [1, 1, 1, 2])), Math.SQRT1_2);
    });

    it('is found for each channel alone', () => {
      const first = gaussian([50, 1]);
      const kernel = tf.concat([first, first.mul(10)], 1);
      const target = weightOf(3, { shape: [50, 2] });
      for (const start of ['mse', { percentile: 95 }, { maxAbs: 0.9 }] as const) {
        const perTensor = liqQuantizer({ start }).initialize(first, target)['clipValue']!.dataSync()[0]!;
        const perChannel = liqQuantizer({ start, granularity: 'perChannel' }).initialize(kernel, target);
        expectClose(perChannel['clipValue']!, tf.tensor2d([[perTensor, 10 * perTensor]]));
      }
    });

    it('is found along the channel axis of a transposed convolution, and both of a depthwise one', () => {
      const liq = liqQuantizer({ start: { percentile: 100 }, granularity: 'perChannel', normalize: 'none' });
      const values = tf.tensor4d([1, -2, 3, 4, 5, -6], [1, 1, 2, 3]);
      const transposed = weightOf(4, { layerKind: 'conv2dTranspose', shape: [1, 1, 2, 3], channelAxes: [2] });
      expectClose(liq.initialize(values, transposed)['clipValue']!, tf.tensor4d([3, 6], [1, 1, 2, 1]));
      const depthwise = weightOf(4, {
        layerKind: 'depthwiseConv2d',
        shape: [1, 1, 2, 3],
        channelAxes: [2, 3],
      });
      expectClose(liq.initialize(values, depthwise)['clipValue']!, values.abs());
    });

    it('is at least 1e-8, for nothing but zeros', () => {
      for (const start of ['mse', { percentile: 99 }, { maxAbs: 1 }] as const)
        expectClose(startOf(start, tf.zeros([4, 4]), weightOf(4)), 1e-8);
    });
  });
}

describe('a start that cannot be', () => {
  it('is refused in one line', () => {
    for (const start of [{ percentile: 0 }, { percentile: 101 }, { maxAbs: -1 }, 0, NaN])
      expect(() => liqQuantizer({ start })).to.throw(
        RangeError,
        /^quantizer "liq" cannot start at .*; give .*$/,
      );
  });
});
