import { applyOverrides } from '@flatbit/experiment';
import { expect } from 'chai';
import { wrongUse } from './wrong-use.js';

describe('applyOverrides', () => {
  it('puts JSON values and strings at dotted keys', () => {
    const config = { epochs: 3, optimizer: { name: 'sgd' } };
    expect(
      applyOverrides(config, [
        'epochs=5',
        'optimizer.learningRate=1e-2',
        'sam.rho=0.1',
        'model.name=small-cnn',
        'checkpoint=false',
        'bits={"weights":4,"activations":8}',
      ]),
    ).to.deep.equal({
      epochs: 5,
      optimizer: { name: 'sgd', learningRate: 0.01 },
      sam: { rho: 0.1 },
      model: { name: 'small-cnn' },
      checkpoint: false,
      bits: { weights: 4, activations: 8 },
    });
  });

  it('leaves the configuration as it is', () => {
    const config = { optimizer: { name: 'sgd' }, list: [1] };
    applyOverrides(config, ['optimizer.name=adam', 'list.0=2']);
    expect(config).to.deep.equal({ optimizer: { name: 'sgd' }, list: [1] });
  });

  it('lets the later of two win', () => {
    expect(applyOverrides({}, ['a=1', 'a=2'])).to.deep.equal({ a: 2 });
  });

  it('replaces what is no object by one', () => {
    expect(applyOverrides({ sam: false }, ['sam.rho=0.1'])).to.deep.equal({ sam: { rho: 0.1 } });
  });

  it('reaches into lists, and adds at their end', () => {
    expect(applyOverrides({ layers: [{ weights: 4 }] }, ['layers.0.weights=2', 'layers.1=3'])).to.deep.equal({
      layers: [{ weights: 2 }, 3],
    });
  });

  it('keeps what stands behind the first equals sign', () => {
    expect(applyOverrides({}, ['start=a=b', 'name='])).to.deep.equal({ start: 'a=b', name: '' });
  });

  for (const wrong of ['epochs', '=3', 'a..b=1', '__proto__.x=1']) {
    it(`refuses "${wrong}"`, async () => {
      expect(await wrongUse(() => applyOverrides({}, [wrong]))).to.equal(
        `--set: got "${wrong}"; takes key=value, such as optimizer.learningRate=0.1`,
      );
    });
  }

  it('refuses a place that a list does not have', async () => {
    expect(await wrongUse(() => applyOverrides({ layers: [1] }, ['layers.3=1']))).to.equal(
      '--set: "3" is no place in a list of 1; takes 0 to 1',
    );
  });
});
