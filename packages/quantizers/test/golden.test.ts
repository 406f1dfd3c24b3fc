import * as tf from '@tensorflow/tfjs';
import { expectClose } from '@flatbit/testing';
import { liqQuantizer, normalizeWeight } from '@flatbit/quantizers';
import { engines, useEngine } from './engines.js';
import { golden } from './golden.js';
import { activationOf, quantizeWithGradients, weightOf } from './operands.js';

for (const engine of engines) {
  describe(`the published implementation's numbers, on ${engine}`, () => {
    before(() => useEngine(engine));
    after(() => useEngine('cpu'));
    const input = (): tf.Tensor => tf.tensor1d(golden.quantizer.input);
    const upstream = (): tf.Tensor => tf.tensor1d(golden.quantizer.upstream);
    const liq = liqQuantizer();
    const gradients = { relative: 1e-4 };

    for (const { k, clip, ...wanted } of golden.quantizer.cases) {
      it(`are LIQ's for a weight at ${k} bits, clip value ${clip}`, () => {
        const clipValue = tf.scalar(clip);
        const { value, toValue, toParameters } = quantizeWithGradients(
          liq,
          input(),
          { clipValue },
          weightOf(k),
          upstream(),
        );
        expectClose(value, wanted.wq);
        expectClose(toValue, wanted.dw, gradients);
        expectClose(toParameters[0]!, wanted.dclip_w, gradients);
      });

      it(`are LIQ's for an activation at ${k} bits, clip value ${clip}`, () => {
        const clipValue = tf.scalar(clip);
        const { value, toValue, toParameters } = quantizeWithGradients(
          liq,
          input(),
          { clipValue },
          activationOf(k),
          upstream(),
        );
        expectClose(value, wanted.aq);
        expectClose(toValue, wanted.da, gradients);
        expectClose(toParameters[0]!, wanted.dclip_a, gradients);
      });
    }

    it('are what a weight is normalised to', () => {
      const { normalized, mean, deviation } = normalizeWeight(input());
      expectClose(mean, golden.norm.mean);
      expectClose(deviation, golden.norm.std_unbiased);
      expectClose(normalized, golden.norm.normalized);
    });
  });
}
