import 'reflect-metadata';
import { fixedBits } from '@flatbit/core';
import { BIT_ALLOCATION, TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { QUANTIZER, quantizeModule } from '@flatbit/plugin-quantize/module';
import { liqQuantizer } from '@flatbit/quantizers';
import { expect } from 'chai';
import { Container } from 'inversify';

describe('quantizeModule', () => {
  it('resolves the quantizer and the bits, a fresh plugin per container', () => {
    const plugins = [1, 2].map(() => {
      const container = new Container({ defaultScope: 'Singleton', jitless: true });
      container.load(quantizeModule());
      container.bind(QUANTIZER).toConstantValue({ choice: liqQuantizer() });
      container.bind(BIT_ALLOCATION).toConstantValue(fixedBits(4));
      return container.get(TRAINING_PLUGIN);
    });
    expect(plugins.map(({ name }) => name)).to.deep.equal(['quantize', 'quantize']);
    expect(plugins[0]).to.not.equal(plugins[1]);
  });
});
