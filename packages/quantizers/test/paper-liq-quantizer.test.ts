import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { expectClose, testEngine } from '@flatbit/testing';
import { liqQuantizer, paperLiqQuantizer } from '@flatbit/quantizers';
import { activationOf, gaussian, kernelOf, weightOf } from './operands.js';

describe('paperLiqQuantizer', () => {
  before(() => tf.setBackend(testEngine));
  const paper = paperLiqQuantizer();

  it('starts the clip values of a convolution at 1', () => {
    const kernel = gaussian([3, 3, 2, 2]).mul(7);
    expectClose(paper.initialize(kernel, kernelOf(4, [3, 3, 2, 2]))['clipValue']!, 1);
    expectClose(paper.initialize(kernel, activationOf(4, { layerKind: 'conv2d' }))['clipValue']!, 1);
  });

  it('starts those of a dense layer at 0.8 times the largest magnitude', () => {
    expectClose(paper.initialize(tf.tensor1d([-5, 1]), weightOf(8))['clipValue']!, 4);
    expectClose(paper.initialize(tf.tensor1d([-5, 1]), activationOf(8))['clipValue']!, 4);
  });

  it('normalises the weights of a convolution, and does not rescale them', () => {
    const kernel = gaussian([3, 3, 4, 4]).mul(0.1);
    const target = kernelOf(4, [3, 3, 4, 4]);
    const parameters = { clipValue: tf.scalar(1) };
    const standard = liqQuantizer({ normalize: 'standard' }).fakeQuantize(kernel, parameters, target);
    expectClose(paper.fakeQuantize(kernel, parameters, target), standard);
    // Saturated at 1, where 31.7 percent of a Gaussian lie beyond one deviation.
    const saturated = standard.abs().greaterEqual(0.9999).mean().dataSync()[0]!;
    expect(saturated).to.be.within(0.25, 0.4);
  });

  it('zeroes the negative half of a signed activation', () => {
    const x = tf.tensor1d([-1, -0.2, 0.5, 3]);
    const target = activationOf(2, { signed: true });
    expect(paper.parameters(target)).to.have.length(1);
    const quantized = paper.fakeQuantize(x, { clipValue: tf.scalar(1) }, target);
    expectClose(quantized, [0, 0, 2 / 3, 1]);
  });

  it('takes a signed activation at 1 bit, which it treats as unsigned', () => {
    const target = activationOf(1, { signed: true });
    const quantized = paper.fakeQuantize(tf.tensor1d([-1, 0.2, 0.8]), { clipValue: tf.scalar(1) }, target);
    expectClose(quantized, [0, 0, 1]);
  });
});
