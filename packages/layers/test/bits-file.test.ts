import { UsageError, type Operand } from '@flatbit/core';
import {
  bitsByLayer,
  bitsFromList,
  bitsOfLayers,
  layerPolicy,
  paperPolicy,
  parseBitsFile,
  quantizable,
} from '@flatbit/layers';
import { testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const { conv2d, dense, flatten, add, separableConv2d } = tf.layers;

/** first → block/conv1 → block/conv2, plus block/shortcut → separable → last. */
function network(): tf.LayersModel {
  const input = tf.input({ shape: [4, 4, 3] });
  const convolution = (name: string, filters: number) => conv2d({ name, filters, kernelSize: 1 });
  const first = convolution('first', 2).apply(input) as tf.SymbolicTensor;
  const inner = convolution('block/conv1', 2).apply(first) as tf.SymbolicTensor;
  const residual = convolution('block/conv2', 4).apply(inner) as tf.SymbolicTensor;
  const shortcut = convolution('block/shortcut', 4).apply(first) as tf.SymbolicTensor;
  const sum = add({ name: 'block/add' }).apply([residual, shortcut]) as tf.SymbolicTensor;
  const separable = separableConv2d({ name: 'separable', filters: 2, kernelSize: 1 }).apply(sum);
  const output = dense({ name: 'last', units: 2 }).apply(
    flatten({ name: 'flat' }).apply(separable),
  ) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: output });
}

describe('bits by layer', () => {
  let operands: readonly Operand[];

  before(async () => {
    await tf.setBackend(testEngine);
    const model = network();
    const trainable = quantizable(model);
    operands = trainable.operands;
    trainable.dispose();
    model.dispose();
  });

  const layers = {
    first: { weights: 8, activations: 32 },
    'block/conv1': { weights: 2, activations: 3 },
    'block/conv2': { weights: 4, activations: 5 },
    'block/shortcut': { weights: 4, activations: 5 },
    'separable/depthwiseKernel': { weights: 6, activations: 7 },
    'separable/pointwiseKernel': { weights: 2, activations: 4 },
    last: { weights: 8, activations: 8 },
  };

  it('name each weight and the activation that it multiplies, both kernels of a separable convolution too', () => {
    const bits = bitsByLayer(layers);
    bits.check?.(operands);
    const found = Object.fromEntries(operands.map((operand) => [operand.key, bits.bitsFor(operand)]));
    expect(found).to.deep.equal({
      'first/input:0': 32,
      'first/kernel': 8,
      'block/conv1/input:0': 3,
      'block/conv1/kernel': 2,
      'block/conv2/input:0': 5,
      'block/conv2/kernel': 4,
      'block/shortcut/input:0': 5,
      'block/shortcut/kernel': 4,
      'separable/input:0': 7,
      'separable/intermediate:0': 4,
      'separable/depthwiseKernel': 6,
      'separable/pointwiseKernel': 2,
      'last/input:0': 8,
      'last/kernel': 8,
    });
  });

  it('are what an allocation gives, read back', () => {
    expect(bitsOfLayers(operands, bitsByLayer(layers))).to.deep.equal(layers);
    const policy = layerPolicy({ weights: 3, activations: 4, last: { weights: 8 } });
    const again = bitsByLayer(bitsOfLayers(operands, policy));
    again.check?.(operands);
    for (const operand of operands) expect(again.bitsFor(operand)).to.equal(policy.bitsFor(operand));
  });

  it('refuse a layer that is not there, and one that is left out', () => {
    expect(() => bitsByLayer({ ...layers, 'block/conv3': layers.last }).check?.(operands)).to.throw(
      UsageError,
      'bits of layer "block/conv3": there is no such layer; layers are first, block/conv1, ',
    );
    const { last: _, 'block/conv2': __, ...others } = layers;
    expect(() => bitsByLayer(others).check?.(operands)).to.throw(UsageError, 'no bits for block/conv2, last');
    expect(() => bitsByLayer(others).bitsFor(operands.find(({ layer }) => layer === 'last')!)).to.throw(
      UsageError,
      'no bits for layer "last"',
    );
  });

  it('come from a list: the paper’s at the ends, the block’s last convolution’s at a shortcut', () => {
    // conv1, conv2, and the two kernels of the separable convolution.
    const bits = bitsFromList([2, 3, 4, 5]);
    bits.check?.(operands);
    expect(bitsOfLayers(operands, bits)).to.deep.equal({
      first: { weights: 8, activations: 32 },
      'block/conv1': { weights: 2, activations: 2 },
      'block/conv2': { weights: 3, activations: 3 },
      'block/shortcut': { weights: 3, activations: 3 },
      'separable/depthwiseKernel': { weights: 4, activations: 4 },
      'separable/pointwiseKernel': { weights: 5, activations: 5 },
      last: { weights: 8, activations: 8 },
    });
  });

  it('from a list of one number are the paper’s policy', () => {
    const bits = bitsFromList([4, 4, 4, 4]);
    bits.check?.(operands);
    for (const operand of operands)
      expect(bits.bitsFor(operand), operand.key).to.equal(paperPolicy(4).bitsFor(operand));
  });

  it('refuse a list that is too short or too long, and what is no number of bits', () => {
    for (const list of [[2, 3, 4], [2, 3, 4, 5, 6], []])
      expect(() => bitsFromList(list).check?.(operands)).to.throw(
        UsageError,
        `a list of ${list.length} bits; this network takes 4: one for each layer but the first, the last and the shortcuts`,
      );
    expect(() => bitsFromList([2, 33])).to.throw(UsageError, 'number 2 of the list of bits: got 33; takes');
  });
});

describe('parseBitsFile', () => {
  const good = {
    format: 'flatbit-bits',
    schemaVersion: 1,
    layers: { conv: { weights: 2, activations: 32 } },
  };

  it('takes what it needs, and leaves further entries alone', () => {
    const file = { ...good, bops: 12, seed: 3, versions: { flatbit: '0.1.0' }, note: 'mine' };
    expect(parseBitsFile(file)).to.equal(file);
  });

  const broken: Readonly<Record<string, readonly [unknown, string]>> = {
    'what is no object': ['bits', 'not a bits file: "format" is to be "flatbit-bits"'],
    nothing: [null, 'not a bits file'],
    'another format': [{ ...good, format: 'onnx' }, 'not a bits file'],
    'a newer schema': [
      { ...good, schemaVersion: 2 },
      'a bits file of schema 2, and this version reads 1; update flatbit',
    ],
    'a schema that never was': [
      { ...good, schemaVersion: '1' },
      'a bits file of schema "1", and this version reads 1; there is',
    ],
    'no layers': [{ ...good, layers: {} }, 'a bits file without "layers"'],
    'layers in a list': [{ ...good, layers: [4, 4] }, 'a bits file without "layers"'],
    'a layer that is a number': [{ ...good, layers: { conv: 4 } }, 'bits of layer "conv": not an object'],
    'a layer without activations': [
      { ...good, layers: { conv: { weights: 4 } } },
      'bits of layer "conv", activations: got nothing; takes an integer from 1 to 32',
    ],
    'no bits at all': [
      { ...good, layers: { conv: { weights: 0, activations: 4 } } },
      'bits of layer "conv", weights: got 0; takes an integer from 1 to 32',
    ],
  };
  for (const [what, [value, message]] of Object.entries(broken)) {
    it(`refuses ${what}`, () => {
      expect(() => parseBitsFile(value)).to.throw(UsageError, message);
    });
  }
});
