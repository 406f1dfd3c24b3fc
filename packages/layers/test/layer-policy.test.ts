import type { Operand } from '@flatbit/core';
import { UsageError } from '@flatbit/core';
import { layerPolicy, paperPolicy, type LayerPolicyOptions } from '@flatbit/layers';
import { expect } from 'chai';

const operand = (
  layer: string,
  role: Operand['role'],
  ends: Partial<Pick<Operand, 'first' | 'last'>> = {},
): Operand => ({
  key: `${layer}/${role}`,
  layer,
  layerKind: 'dense',
  slot: role,
  role,
  shape: [1, 1],
  channelAxes: [1],
  first: false,
  last: false,
  ...ends,
});

describe('the layer policy', () => {
  it('of the paper keeps 8 bits at both ends and the input in full precision', () => {
    const bits = paperPolicy(2);
    expect(bits.bitsFor(operand('conv', 'weight', { first: true }))).to.equal(8);
    expect(bits.bitsFor(operand('conv', 'activation', { first: true }))).to.equal(32);
    expect(bits.bitsFor(operand('middle', 'weight'))).to.equal(2);
    expect(bits.bitsFor(operand('middle', 'activation'))).to.equal(2);
    expect(bits.bitsFor(operand('fc', 'weight', { last: true }))).to.equal(8);
    expect(bits.bitsFor(operand('fc', 'activation', { last: true }))).to.equal(8);
  });

  it('of the paper at 32 bits touches nothing', () => {
    expect(paperPolicy(32).bitsFor(operand('conv', 'weight', { first: true }))).to.equal(32);
  });

  it('prefers a name to a position, and last to first', () => {
    const bits = layerPolicy({
      weights: 4,
      activations: 5,
      first: { weights: 6 },
      last: { weights: 8 },
      layers: [
        { match: 'stage1/*', activations: 3 },
        { match: /head$/, weights: 2 },
      ],
    });
    expect(bits.bitsFor(operand('stem', 'weight', { first: true }))).to.equal(6);
    expect(bits.bitsFor(operand('only', 'weight', { first: true, last: true }))).to.equal(8);
    expect(bits.bitsFor(operand('stage1/conv', 'activation'))).to.equal(3);
    expect(bits.bitsFor(operand('stage1/conv', 'weight'))).to.equal(4);
    expect(bits.bitsFor(operand('stage11/conv', 'activation'))).to.equal(5);
    expect(bits.bitsFor(operand('head', 'weight', { last: true }))).to.equal(2);
  });

  it('gives the same answer each time to a sticky expression', () => {
    const bits = layerPolicy({ weights: 4, activations: 4, layers: [{ match: /conv/g, weights: 2 }] });
    expect([1, 2, 3].map(() => bits.bitsFor(operand('conv', 'weight')))).to.deep.equal([2, 2, 2]);
  });

  it('refuses bits outside 1 to 32, and says where', () => {
    expect(() => layerPolicy({ weights: 33, activations: 4 })).to.throw(
      UsageError,
      'bits, weights: got 33; takes an integer from 1 to 32',
    );
    expect(() => layerPolicy({ weights: 4, activations: 4, last: { activations: 0 } })).to.throw(
      'bits of the last layers, activations: got 0',
    );
  });

  it('takes one number for weights and activations of the ends', () => {
    const bits = layerPolicy({ weights: 4, activations: 3, first: 8, last: 6 });
    expect(bits.bitsFor(operand('stem', 'activation', { first: true }))).to.equal(8);
    expect(bits.bitsFor(operand('head', 'weight', { last: true }))).to.equal(6);
    expect(() => layerPolicy({ weights: 4, activations: 4, first: 0 })).to.throw(
      'bits of the first layers, weights: got 0',
    );
  });

  it('refuses what is no policy', () => {
    const policy = (options: unknown) => () => layerPolicy(options as LayerPolicyOptions);
    expect(policy(4)).to.throw(UsageError, /^bits: got 4; takes an object with weights, activations, /);
    expect(policy({ weights: 4 })).to.throw(UsageError, /^bits, activations: got nothing; takes an integer/);
    const layers = { match: 'conv', weights: 2 };
    expect(policy({ weights: 4, activations: 4, layers })).to.throw(
      UsageError,
      /^bits, layers: got {.*takes a list$/,
    );
    expect(policy({ weights: 4, activations: 4, layers: [{ weights: 2 }] })).to.throw(
      UsageError,
      "bits, layers[0].match: got nothing; takes a layer's path, a pattern with *, or a regular expression",
    );
    expect(() => paperPolicy(undefined as never)).to.throw(UsageError, 'bits, weights: got nothing');
  });

  it('refuses a rule that matches no layer', () => {
    const bits = layerPolicy({ weights: 4, activations: 4, layers: [{ match: 'satge1/*', weights: 2 }] });
    expect(() => bits.check!([operand('stage1/conv', 'weight')])).to.throw(
      UsageError,
      'bits of layers "satge1/*": no layer matches; layers are stage1/conv',
    );
  });
});
