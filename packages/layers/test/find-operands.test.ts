import { multiplyAccumulates, type Operand } from '@flatbit/core';
import { quantizable } from '@flatbit/layers';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const { layers } = tf;

function operandsOf(model: tf.LayersModel): readonly Operand[] {
  const adapted = quantizable(model);
  adapted.dispose();
  return adapted.operands;
}

function macs(operands: readonly Operand[], key: string): number {
  return multiplyAccumulates(operands.find((operand) => operand.key === key)!.geometry!);
}

describe('operands of a tf.LayersModel', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  it('are the kernel and the input of each layer that multiplies', () => {
    const model = tf.sequential({
      layers: [
        layers.dense({ name: 'hidden', units: 5, inputShape: [3] }),
        layers.reLU(),
        layers.dense({ name: 'out', units: 2 }),
      ],
    });
    const operands = operandsOf(model);
    expect(operands.map(({ key }) => key)).to.deep.equal([
      'hidden/input:0',
      'hidden/kernel',
      'out/input:0',
      'out/kernel',
    ]);
    expect(operands[1]).to.deep.include({
      role: 'weight',
      layerKind: 'dense',
      slot: 'kernel',
      shape: [3, 5],
    });
    expect(operands[1]).to.deep.include({
      channelAxes: [1],
      multiplies: 'hidden/input:0',
      first: true,
      last: false,
    });
    expect(operands[2]).to.deep.include({ role: 'activation', shape: [null, 5], first: false, last: true });
  });

  it('know their multiply-accumulates', () => {
    const input = tf.input({ shape: [8, 8, 3] });
    let x = layers
      .conv2d({ name: 'conv', filters: 4, kernelSize: 3, strides: 2, padding: 'same' })
      .apply(input);
    x = layers
      .depthwiseConv2d({ name: 'depth', kernelSize: [3, 1], depthMultiplier: 2, padding: 'same' })
      .apply(x);
    x = layers.separableConv2d({ name: 'sep', filters: 5, kernelSize: 3, padding: 'valid' }).apply(x);
    x = layers.conv2dTranspose({ name: 'up', filters: 6, kernelSize: 2, strides: 2 }).apply(x);
    const operands = operandsOf(tf.model({ inputs: input, outputs: x as tf.SymbolicTensor }));
    expect(macs(operands, 'conv/kernel')).to.equal(3 * 3 * 3 * 4 * (4 * 4));
    expect(macs(operands, 'depth/depthwiseKernel')).to.equal(3 * 1 * 4 * 2 * (4 * 4));
    // 4×4 without padding: 2×2 places; 8 channels in, 5 out.
    expect(macs(operands, 'sep/depthwiseKernel')).to.equal(3 * 3 * 8 * (2 * 2));
    expect(macs(operands, 'sep/pointwiseKernel')).to.equal(8 * 5 * (2 * 2));
    // A transposed kernel [2, 2, out 6, in 5] is applied at each of the 2×2 places of its input.
    expect(macs(operands, 'up/kernel')).to.equal(2 * 2 * 5 * 6 * (2 * 2));
    expect(operands.find(({ key }) => key === 'up/kernel')!.channelAxes).to.deep.equal([2]);
    expect(operands.find(({ key }) => key === 'depth/depthwiseKernel')!.channelAxes).to.deep.equal([2, 3]);
    expect(operands.find(({ key }) => key === 'sep/pointwiseKernel')!.multiplies).to.equal(
      'sep/intermediate:0',
    );
    expect(operands.find(({ key }) => key === 'sep/intermediate:0')!.shape).to.deep.equal([null, 2, 2, 8]);
  });

  it('of one- and three-dimensional convolutions are found too', () => {
    const line = tf.sequential({
      layers: [layers.conv1d({ name: 'line', filters: 2, kernelSize: 3, inputShape: [9, 4] })],
    });
    expect(macs(operandsOf(line), 'line/kernel')).to.equal(3 * 4 * 2 * 7);
    const cube = tf.sequential({
      layers: [layers.conv3d({ name: 'cube', filters: 2, kernelSize: 2, inputShape: [4, 4, 4, 3] })],
    });
    expect(macs(operandsOf(cube), 'cube/kernel')).to.equal(8 * 3 * 2 * 27);
  });

  it('of a shared layer exist once, and count every call', () => {
    const shared = layers.dense({ name: 'shared', units: 4 });
    const [a, b] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
    const both = layers
      .add()
      .apply([shared.apply(a), shared.apply(b)] as tf.SymbolicTensor[]) as tf.SymbolicTensor;
    const operands = operandsOf(tf.model({ inputs: [a, b], outputs: both }));
    expect(operands.map(({ key }) => key)).to.deep.equal(['shared/input:0', 'shared/kernel']);
    expect(macs(operands, 'shared/kernel')).to.equal(4 * 4 * 2);
  });

  it('of nested models are keyed by path, and first and last are seen through the nesting', () => {
    const inner = tf.sequential({
      name: 'inner',
      layers: [
        layers.dense({ name: 'one', units: 4, inputShape: [4] }),
        layers.dense({ name: 'two', units: 4 }),
      ],
    });
    const input = tf.input({ shape: [4] });
    const scaled = layers.reLU().apply(input) as tf.SymbolicTensor;
    const middle = layers.dense({ name: 'middle', units: 4 }).apply(inner.apply(scaled)) as tf.SymbolicTensor;
    const output = layers.softmax().apply(inner.apply(middle)) as tf.SymbolicTensor;
    const operands = operandsOf(tf.model({ inputs: input, outputs: output }));
    const weights = operands.filter(({ role }) => role === 'weight');
    expect(weights.map(({ key, first, last }) => [key, first, last])).to.deep.equal([
      ['inner/one/kernel', true, false],
      ['inner/two/kernel', false, true],
      ['middle/kernel', false, false],
    ]);
    expect(macs(operands, 'inner/one/kernel')).to.equal(4 * 4 * 2);
  });

  it('whose spatial size is open have no geometry', () => {
    const model = tf.sequential({
      layers: [layers.conv2d({ name: 'any', filters: 2, kernelSize: 3, inputShape: [null, null, 3] })],
    });
    expect(operandsOf(model)[1]).to.not.have.property('geometry');
  });
});

describe('layers that cannot be quantized', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  it('are reported with their reason', () => {
    const model = tf.sequential({
      layers: [
        layers.embedding({ name: 'words', inputDim: 5, outputDim: 4, inputLength: 6 }),
        layers.lstm({ name: 'memory', units: 3 }),
        layers.dense({ name: 'out', units: 2 }),
        layers.batchNormalization(),
      ],
    });
    const adapted = quantizable(model);
    expect(adapted.unsupported).to.deep.equal([
      { layer: 'words', reason: 'Embedding layers are not quantized; it trains in full precision' },
      { layer: 'memory', reason: 'LSTM layers are not quantized; it trains in full precision' },
    ]);
    adapted.dispose();
  });

  it('include dilated convolutions, which TF.js cannot train', () => {
    const model = tf.sequential({
      layers: [
        layers.conv2d({ name: 'wide', filters: 1, kernelSize: 3, dilationRate: 2, inputShape: [9, 9, 1] }),
      ],
    });
    const adapted = quantizable(model);
    expect(adapted.operands).to.deep.equal([]);
    expect(adapted.unsupported).to.deep.equal([
      { layer: 'wide', reason: 'a dilated convolution has no gradient in TF.js' },
    ]);
    adapted.dispose();
  });
});
