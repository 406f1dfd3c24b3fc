import { fixedBits, type BitAllocation, type Operand } from '@flatbit/core';
import { bopsTable, countBops, layerBops } from '@flatbit/plugin-bops';
import { expect } from 'chai';
import { ends8, resnet20Operands } from './resnet20-operands.js';

describe('bit operations', () => {
  it('of ResNet-20 are those that the paper prints', () => {
    const w4a4 = countBops(resnet20Operands, ends8(4));
    expect(w4a4.macs).to.equal(40_818_944);
    expect(w4a4.fullPrecisionBops).to.equal(41_798_598_656);
    expect(w4a4.bops).to.equal(674_643_968);
    expect(w4a4.ratio).to.equal(41_798_598_656 / 674_643_968);
    expect(countBops(resnet20Operands, ends8(3)).bops).to.equal(392_052_736);
  });

  it('of each of its layers are those that follow from its shape', () => {
    const bops = new Map(
      countBops(resnet20Operands, ends8(4)).layers.map((layer) => [layer.name, layer.bops]),
    );
    expect(bops.get('conv')).to.equal(28_311_552);
    expect(bops.get('dense')).to.equal(409_600);
    for (let n = 1; n <= 6; n += 1) expect(bops.get(`stage1/${n}`)).to.equal(37_748_736);
    for (const stage of ['stage2', 'stage3']) {
      expect(bops.get(`${stage}/1`)).to.equal(18_874_368);
      expect(bops.get(`${stage}/shortcut`)).to.equal(2_097_152);
      for (let n = 2; n <= 6; n += 1) expect(bops.get(`${stage}/${n}`)).to.equal(37_748_736);
    }
    expect(bops).to.have.lengthOf(22);
  });

  it('in full precision are 1024 per multiply-accumulate, at both ends too', () => {
    const full = countBops(resnet20Operands, fixedBits(32));
    expect(full.bops).to.equal(full.fullPrecisionBops);
    expect(full.ratio).to.equal(1);
    expect(full.layers[0]).to.deep.include({ weightBits: 32, activationBits: 32, bops: 442_368 * 1024 });
  });

  it('count the bits that run by the other convention', () => {
    const { layers, bops } = countBops(resnet20Operands, ends8(4), { convention: 'actual' });
    // The first convolution has 442,368 MACs at W8A32 instead of 8/8.
    expect(layers[0]).to.deep.include({ weightBits: 8, activationBits: 32, bops: 442_368 * 8 * 32 });
    expect(bops).to.equal(674_643_968 + 442_368 * 8 * (32 - 8));
  });

  it('count a depthwise kernel once per channel', () => {
    const geometry = { kernelSize: [3, 3], inChannels: 8, outChannels: 16, groups: 8, positions: 25 };
    expect(layerBops(geometry, { weightBits: 2, activationBits: 3 })).to.equal(3 * 3 * 8 * 2 * 25 * 6);
  });

  it('name what they leave out', () => {
    const open = resnet20Operands.map((operand): Operand => {
      if (operand.layer !== 'conv') return operand;
      const { geometry: _, ...rest } = operand;
      return rest;
    });
    const report = countBops(open, ends8(4));
    expect(report.uncounted).to.deep.equal(['conv']);
    expect(report.bops).to.equal(674_643_968 - 28_311_552);
    expect(bopsTable(report)).to.match(
      /not counted, because a size is open or the layer is not supported: conv$/,
    );
  });

  it('name layers whose weights are not operands', () => {
    const unsupported = [
      { layer: 'dilated', reason: 'dilation' },
      { layer: 'dilated', reason: 'and more' },
    ];
    const report = countBops(resnet20Operands, ends8(4), { unsupported });
    expect(report.uncounted).to.deep.equal(['dilated']);
    expect(report.bops).to.equal(674_643_968);
    expect(bopsTable(report)).to.match(/or the layer is not supported: dilated$/);
  });

  it('count 32 bits for an activation that is not an operand', () => {
    const alone = resnet20Operands.filter(({ key }) => key === 'stage1/1/kernel');
    expect(countBops(alone, fixedBits(4)).layers[0]).to.deep.include({ weightBits: 4, activationBits: 32 });
  });

  it('tell two weights of one layer apart', () => {
    const twice = resnet20Operands
      .filter(({ key }) => key === 'stage1/1/kernel')
      .flatMap((operand) => [operand, { ...operand, key: 'stage1/1/second', slot: 'second' }]);
    expect(countBops(twice, fixedBits(4)).layers.map(({ name }) => name)).to.deep.equal([
      'stage1/1/kernel',
      'stage1/1/second',
    ]);
  });

  it('that a number cannot hold are an error', () => {
    const geometry = { kernelSize: [], inChannels: 2 ** 30, outChannels: 2 ** 20, groups: 1, positions: 1 };
    expect(() => layerBops(geometry, { weightBits: 32, activationBits: 32 })).to.throw(
      RangeError,
      'cannot be counted exactly',
    );
  });

  it('show the network to an allocation before they ask it', () => {
    let width = 0;
    const byWeights: BitAllocation = {
      bitsFor: () => width,
      check(operands) {
        width = operands.filter(({ role }) => role === 'weight').length;
      },
    };
    const [weight, ...others] = resnet20Operands.filter(({ role }) => role === 'weight').slice(1, 3);
    expect(others).to.have.lengthOf(1);
    // Two weights: W2, and 32 for activations that are not there.
    const { layers } = countBops([weight!, ...others], byWeights, { convention: 'actual' });
    expect(layers.map(({ weightBits, activationBits }) => [weightBits, activationBits])).to.deep.equal([
      [2, 32],
      [2, 32],
    ]);
  });

  it('print as a table', () => {
    const lines = bopsTable(countBops(resnet20Operands, ends8(4))).split('\n');
    expect(lines).to.have.lengthOf(25);
    expect(lines[1]).to.match(/^conv +3×3×3×16 +442,368 +8 +8 +28,311,552 +4\.2$/);
    expect(lines[23]).to.match(/^all +40,818,944 +674,643,968 +100\.0$/);
    expect(lines[24]).to.equal(
      '62.0 times fewer than the 41,798,598,656 of full precision (convention: paper)',
    );
  });
});
