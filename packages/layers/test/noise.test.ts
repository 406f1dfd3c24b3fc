import type { PassContext } from '@flatbit/core';
import { quantizable } from '@flatbit/layers';
import { expectSameBits, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const { layers } = tf;
const asIs = (_: unknown, value: tf.Tensor) => value;
const pass = (step: number, phase: PassContext['phase'] = 'clean'): PassContext => ({
  phase,
  epoch: 0,
  step,
  inference: false,
});

const noises: Record<string, () => tf.layers.Layer> = {
  dropout: () => layers.dropout({ rate: 0.5, inputShape: [64] }),
  'dropout with a seed of its own': () => layers.dropout({ rate: 0.5, seed: 4, inputShape: [64] }),
  spatialDropout1d: () => layers.spatialDropout1d({ rate: 0.5, inputShape: [8, 64] }),
  gaussianNoise: () => layers.gaussianNoise({ stddev: 1, inputShape: [64] }),
  gaussianDropout: () => layers.gaussianDropout({ rate: 0.5, inputShape: [64] }),
  alphaDropout: () => layers.alphaDropout({ rate: 0.5, inputShape: [64] }),
};

describe('masks', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  for (const [name, make] of Object.entries(noises)) {
    it(`of ${name} are the same in both passes of a step, and new in the next`, () => {
      const model = tf.sequential({ layers: [make()] });
      const x = tf.ones([2, ...(model.inputs[0]!.shape.slice(1) as number[])]);
      const adapted = quantizable(model, { seed: 1 });
      const draw = (context: PassContext) =>
        (adapted.forward([x], context, asIs)[0]!.dataSync() as Float32Array).slice();
      const first = draw(pass(0));
      expectSameBits(draw(pass(0, 'perturbed')), first);
      expect(draw(pass(1))).to.not.deep.equal(first);
      expectSameBits(adapted.forward([x], { ...pass(0), inference: true }, asIs)[0]!, x);
      adapted.dispose();
      const other = quantizable(model, { seed: 2 });
      expect(other.forward([x], pass(0), asIs)[0]!.dataSync()).to.not.deep.equal(first);
      other.dispose();
    });
  }

  it('of two layers, and of two calls of one layer, differ', () => {
    const shared = layers.dropout({ name: 'shared', rate: 0.5 });
    const input = tf.input({ shape: [64] });
    const outputs = [
      shared.apply(input),
      shared.apply(input),
      layers.dropout({ name: 'other', rate: 0.5 }).apply(input),
    ];
    const model = tf.model({ inputs: input, outputs: outputs as tf.SymbolicTensor[] });
    const adapted = quantizable(model);
    const [a, b, c] = adapted.forward([tf.ones([1, 64])], pass(0), asIs).map((output) => output.dataSync());
    expect(a).to.not.deep.equal(b);
    expect(a).to.not.deep.equal(c);
    adapted.dispose();
  });

  it('of alpha dropout keep mean 0 and variance 1', () => {
    const model = tf.sequential({ layers: [layers.alphaDropout({ rate: 0.3, inputShape: [20000] })] });
    const adapted = quantizable(model);
    const [output] = adapted.forward([tf.randomNormal([4, 20000], 0, 1, 'float32', 7)], pass(0), asIs);
    const { mean, variance } = tf.moments(output!);
    // 80,000 draws: the standard error of the mean is 0.0035, of the variance about 0.006.
    expect(mean.dataSync()[0]).to.be.closeTo(0, 0.015);
    expect(variance.dataSync()[0]).to.be.closeTo(1, 0.03);
    adapted.dispose();
  });
});
