import { expect } from 'chai';
import {
  createQuantizer,
  liqQuantizer,
  minMaxQuantizer,
  quantizerNames,
  type ParameterSpec,
  type Quantizer,
  type QuantizerName,
} from '@flatbit/quantizers';
import { activationOf, kernelOf } from './operands.js';

describe('createQuantizer', () => {
  it('makes a quantizer of each name', () => {
    expect(quantizerNames).to.deep.equal([
      'liq',
      'paperLiq',
      'minMax',
      'pact',
      'dorefa',
      'lsq',
      'lsqPlus',
      'apot',
      'float',
    ]);
    for (const name of quantizerNames) expect(createQuantizer(name).name).to.equal(name);
  });

  it('hands the options on', () => {
    const perChannel = createQuantizer('liq', { granularity: 'perChannel', start: 3 });
    expect(perChannel.parameters(kernelOf(4, [1, 1, 2, 5]))).to.deep.equal([
      { name: 'clipValue', kind: 'clip', shape: [1, 1, 1, 5], initial: 3 },
    ]);
    expect(() => createQuantizer('minMax', { momentum: 2 })).to.throw(RangeError, 'momentum 2');
  });

  it('names the quantizers there are when it does not know one', () => {
    for (const name of ['int4', 'toString'])
      expect(() => createQuantizer(name as QuantizerName)).to.throw(
        RangeError,
        `unknown quantizer "${name}"; take one of liq, paperLiq, minMax, pact, dorefa, lsq, lsqPlus, apot, float`,
      );
  });

  it('refuses words that are none of its own', () => {
    const refused: readonly (readonly [QuantizerName, object, string])[] = [
      ['liq', { normalize: 'paper' }, 'cannot take normalize "paper"; give one of rescaled, standard, none'],
      [
        'lsq',
        { granularity: 'perLayer' },
        'cannot take granularity "perLayer"; give one of perTensor, perChannel',
      ],
      ['minMax', { scheme: 'log' }, 'cannot take scheme "log"; give one of affine, symmetric'],
      ['liq', { start: null }, 'cannot start at null; give'],
      ['pact', { start: 'max' }, 'cannot start at "max"; give'],
    ];
    for (const [name, options, message] of refused)
      expect(() => createQuantizer(name, options)).to.throw(RangeError, `quantizer "${name}" ${message}`);
  });

  it('holds settings to their types', () => {
    const mustNotCompile = (): unknown[] => [
      // @ts-expect-error: not a way to normalise
      liqQuantizer({ normalize: 'paper' }),
      // @ts-expect-error: a percentile is a number
      liqQuantizer({ start: { percentile: '99' } }),
      // @ts-expect-error: a start is one thing
      liqQuantizer({ start: 'max' }),
      // @ts-expect-error: no such granularity
      minMaxQuantizer({ granularity: 'perLayer' }),
      // @ts-expect-error: an option of another quantizer
      createQuantizer('liq', { momentum: 0.9 }),
      // @ts-expect-error: DoReFa has no options
      createQuantizer('dorefa', { start: 1 }),
      // @ts-expect-error: no quantizer of that name
      createQuantizer('int4'),
    ];
    const specMustNotCompile = (spec: ParameterSpec, quantizer: Quantizer): void => {
      // @ts-expect-error: the caller owns variables, not specs
      spec.initial = 2;
      // @ts-expect-error: a quantizer is stateless
      quantizer.name = 'other';
      // @ts-expect-error: observe may be missing
      quantizer.observe({} as never, {}, activationOf(4));
    };
    expect([mustNotCompile, specMustNotCompile]).to.have.length(2);
  });
});
