import { fixedBits } from '@flatbit/core';
import { describeSettings } from '@flatbit/experiment';
import { liqQuantizer } from '@flatbit/quantizers';
import { expect } from 'chai';

describe('describeSettings', () => {
  it('leaves what JSON can hold as it is', () => {
    const settings = { epochs: 3, sam: false, name: 'x', bits: { layers: [{ match: 'a', weights: 8 }] } };
    expect(describeSettings(settings)).to.deep.equal(settings);
  });

  it('names what JSON cannot hold', () => {
    class Sources {
      readonly name = 'mine';
    }
    function tinyModel() {
      return 0;
    }
    expect(
      describeSettings({
        model: tinyModel,
        quantizer: { weight: liqQuantizer(), activation: { name: 'pact' } },
        bits: fixedBits(4),
        data: { train: new Sources() },
      }),
    ).to.deep.equal({
      model: { custom: 'tinyModel' },
      quantizer: { weight: { custom: 'liq' }, activation: { name: 'pact' } },
      bits: { custom: '' },
      data: { train: { custom: 'mine' } },
    });
  });
});
