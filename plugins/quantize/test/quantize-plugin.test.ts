import {
  createTraining,
  evaluate,
  fixedBits,
  softmaxCrossEntropy,
  TrainingState,
  UsageError,
  type Operand,
  type Training,
  type TrainingPlugin,
} from '@flatbit/core';
import { quantizePlugin, type QuantizeOptions } from '@flatbit/plugin-quantize';
import {
  dorefaQuantizer,
  floatQuantizer,
  liqQuantizer,
  lsqQuantizer,
  minMaxQuantizer,
  pactQuantizer,
  type Quantizer,
} from '@flatbit/quantizers';
import {
  expectClose,
  expectSameBits,
  plainSgd,
  pluginContract,
  takeSteps,
  testEngine,
  tinyBatches,
  tinyModel,
  tinyTraining,
} from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const bits = fixedBits(4);

/** Sees what the layers see. */
function watch(): TrainingPlugin & { readonly last: Map<string, Float32Array> } {
  const last = new Map<string, Float32Array>();
  return {
    name: 'watch',
    last,
    apply: ({ operand }) =>
      void operand.tap({ name: 'watch', stage: 200 }, (value, { key }) => {
        last.set(key, value.dataSync<'float32'>().slice());
        return value;
      }),
  };
}

function clip(training: Training, key: string): number {
  return training.variables.get(key)!.variable.dataSync()[0]!;
}

/** Distinct values, equal ones up to rounding. */
function levels(values: Float32Array): number {
  return new Set([...values].map((value) => value.toPrecision(4))).size;
}

describe('quantizePlugin', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  pluginContract('quantize with LIQ', () => quantizePlugin({ quantizer: liqQuantizer(), bits }));
  pluginContract('quantize with LSQ', () => quantizePlugin({ quantizer: lsqQuantizer(), bits }));
  pluginContract('quantize with min-max', () => quantizePlugin({ quantizer: minMaxQuantizer(), bits }));
  pluginContract('quantize with PACT', () =>
    quantizePlugin({
      quantizer: { weight: dorefaQuantizer(), activation: pactQuantizer() },
      bits,
      signed: false,
    }),
  );
  pluginContract('quantize with float', () => quantizePlugin({ quantizer: floatQuantizer(), bits }));

  it('lets no more than 2^k levels through', async () => {
    const seen = watch();
    const training = tinyTraining([quantizePlugin({ quantizer: liqQuantizer(), bits: fixedBits(2) }), seen]);
    await takeSteps(training, tinyBatches(), 2);
    expect(levels(seen.last.get('dense1/kernel')!)).to.equal(4);
    expect(levels(seen.last.get('dense2/input:0')!)).to.be.within(2, 4);
    training.dispose();
  });

  it('leaves an operand at 32 bits alone, without a variable', async () => {
    const seen = watch();
    const training = tinyTraining([
      quantizePlugin({ quantizer: liqQuantizer(), bits: fixedBits({ weights: 4, activations: 32 }) }),
      seen,
    ]);
    const keys = training.variables
      .all()
      .filter(({ owner }) => owner === 'quantize')
      .map(({ key, role }) => [key, role]);
    expect(keys).to.deep.equal([
      ['dense1/kernel/clipValue', 'weightClip'],
      ['dense2/kernel/clipValue', 'weightClip'],
    ]);
    await takeSteps(training, tinyBatches(), 1);
    expect(levels(seen.last.get('dense1/input:0')!)).to.be.greaterThan(16);
    training.dispose();
  });

  it('starts clip values from the first batch', async () => {
    const training = tinyTraining(
      [quantizePlugin({ quantizer: liqQuantizer({ start: { maxAbs: 1 } }), bits })],
      { learningRate: 0 },
    );
    const kernel = training.variables.get('dense1/kernel')!.variable.dataSync().slice();
    expect(clip(training, 'dense1/kernel/clipValue')).to.equal(1);
    await takeSteps(training, tinyBatches(), 1);
    expectClose(clip(training, 'dense1/kernel/clipValue'), Math.max(...kernel.map(Math.abs)));
    training.dispose();
  });

  it('gives a signed range to activations that are negative, and an unsigned one to the others', async () => {
    const seen = watch();
    const plugin = quantizePlugin({ quantizer: liqQuantizer(), bits: fixedBits(3) });
    const training = tinyTraining([plugin, seen]);
    await takeSteps(training, tinyBatches(), 1);
    const input = seen.last.get('dense1/input:0')!;
    const hidden = seen.last.get('dense2/input:0')!;
    // The input is negative in part: 7 symmetric levels of which one is zero. Behind the ReLU: 8 levels from zero up.
    const alpha = Math.max(...input.map(Math.abs));
    for (const value of input)
      expect(Math.abs((value / alpha) * 3 - Math.round((value / alpha) * 3))).to.be.lessThan(1e-4);
    expect(Math.min(...input)).to.be.lessThan(0);
    expect(Math.min(...hidden)).to.equal(0);
    const state = new TrainingState();
    await training.hooks.collectState.promise(state);
    expect(state.section('quantize').values).to.deep.equal({ signedActivations: ['dense1/input:0'] });
    training.dispose();
  });

  it('says which operand needs more bits for its negative values', async () => {
    const training = tinyTraining([quantizePlugin({ quantizer: liqQuantizer(), bits: fixedBits(1) })]);
    let error: unknown;
    await takeSteps(training, tinyBatches(), 1).catch((caught: unknown) => (error = caught));
    expect(error).to.be.instanceOf(UsageError);
    expect((error as Error).message).to.match(
      /^plugin "quantize", hook "onCalibrated": operand "dense1\/input:0": /,
    );
    training.dispose();
  });

  it('says which operand a quantizer cannot serve', () => {
    const wire = () => tinyTraining([quantizePlugin({ quantizer: pactQuantizer(), bits })]);
    expect(wire).to.throw(UsageError, /operand "dense1\/kernel": /);
  });

  it('calibrates a layer with what reaches it through the quantized ones before it', async () => {
    const initialized: Record<string, number> = {};
    const quantizer: Quantizer = {
      name: 'halves',
      parameters: () => [{ name: 'clipValue', kind: 'clip', shape: [], initial: 1 }],
      initialize: (value, { role, shape }) => {
        if (role === 'activation') initialized[String(shape)] = value.abs().max().dataSync()[0]!;
        return { clipValue: tf.scalar(1) };
      },
      fakeQuantize: (value, _, { role }) => (role === 'weight' ? value.mul(0) : value.mul(1)),
    };
    const training = tinyTraining([quantizePlugin({ quantizer, bits, signed: false })]);
    await takeSteps(training, tinyBatches(), 1);
    // The first kernel was quantized to zero, so was what the second layer saw: γ·0 + β = 0.
    expect(initialized[',3']).to.equal(0);
    training.dispose();
  });

  it('moves observed statistics with the clean pass of a healthy step only', async () => {
    const source = tinyBatches();
    const training = tinyTraining([quantizePlugin({ quantizer: minMaxQuantizer(), bits })]);
    await takeSteps(training, source, 1);
    const statistic = training.variables
      .withRole('statistic')
      .find(({ owner }) => owner === 'quantize')!.variable;
    const before = statistic.dataSync().slice();
    await evaluate(training, source);
    expectSameBits(statistic, before);
    await takeSteps(training, source, 1);
    expect([...statistic.dataSync()]).to.not.deep.equal([...before]);
    training.dispose();
  });

  it('keeps two trainings apart, also as one object', async () => {
    const plugin = () => quantizePlugin({ quantizer: liqQuantizer(), bits });
    const shared = plugin();
    const [one, two] = [tinyTraining([shared], { seed: 1 }), tinyTraining([shared], { seed: 2 })];
    const alone = tinyTraining([plugin()], { seed: 1 });
    const losses = async (training: Training) =>
      (await takeSteps(training, tinyBatches(), 3)).map(({ loss }) => loss);
    expect(await losses(one)).to.deep.equal(await losses(alone));
    two.dispose();
    expect(await losses(one)).to.deep.equal(await losses(alone));
    one.dispose();
    alone.dispose();
  });

  it('takes one quantizer per operand', () => {
    const chosen: string[] = [];
    const quantizer: QuantizeOptions['quantizer'] = ({ key }: Operand) => {
      chosen.push(key);
      return liqQuantizer();
    };
    tinyTraining([quantizePlugin({ quantizer, bits })]).dispose();
    expect(chosen).to.deep.equal(['dense1/input:0', 'dense1/kernel', 'dense2/input:0', 'dense2/kernel']);
  });

  it('takes bits as a number, as a pair, or as an allocation', async () => {
    const quantizer = liqQuantizer();
    const lossAt = async (chosen: QuantizeOptions['bits']) => {
      const training = tinyTraining([quantizePlugin({ quantizer, bits: chosen })]);
      const [report] = await takeSteps(training, tinyBatches(), 1);
      training.dispose();
      return report!.loss;
    };
    const fromAllocation = await lossAt(fixedBits(2));
    expect(await lossAt(2)).to.equal(fromAllocation);
    expect(await lossAt({ weights: 2, activations: 2 })).to.equal(fromAllocation);
    expect(await lossAt(8)).to.not.equal(fromAllocation);
  });

  it('refuses at the door what it cannot take', () => {
    const quantizer = liqQuantizer();
    const aQuantizer = 'takes a quantizer, such as liqQuantizer()';
    const aChoice = `${aQuantizer}, or { weight, activation }, or a function that gives one for an operand`;
    const refused: readonly (readonly [unknown, string])[] = [
      [undefined, 'quantize: got nothing; takes an object of options'],
      [{ bits }, `quantize.quantizer: got nothing; ${aChoice}`],
      [{ bits, quantizer: 'liq' }, `quantize.quantizer: got "liq"; ${aChoice}`],
      [{ bits, quantizer: { name: 'liq' } }, `quantize.quantizer: got {"name":"liq"}; ${aChoice}`],
      [
        { bits, quantizer: { weight: quantizer } },
        `quantize.quantizer.activation: got nothing; ${aQuantizer}`,
      ],
      [{ quantizer }, 'bits: got nothing; takes an integer from 1 to 32, '],
      [{ quantizer, bits: 'four' }, 'bits: got "four"; takes an integer from 1 to 32, '],
      [{ quantizer, bits: 33 }, 'bits of weights: got 33; takes an integer from 1 to 32 '],
      [{ quantizer, bits, signed: 'yes' }, 'quantize.signed: got "yes"; takes "auto", true or false'],
    ];
    for (const [options, message] of refused)
      expect(() => quantizePlugin(options as QuantizeOptions)).to.throw(UsageError, message);
  });

  it('says which operand got no quantizer, and what else PACT needs', () => {
    const none = (() => undefined) as unknown as QuantizeOptions['quantizer'];
    expect(() => tinyTraining([quantizePlugin({ quantizer: none, bits })])).to.throw(
      UsageError,
      'quantize.quantizer of "dense1/input:0": got nothing; takes a quantizer, such as liqQuantizer()',
    );
    expect(() => tinyTraining([quantizePlugin({ quantizer: pactQuantizer(), bits })])).to.throw(
      UsageError,
      'operand "dense1/kernel": quantizer "pact" takes activations, not the weight of a dense layer; give weights one of their own: quantizer: { weight: …, activation: … }',
    );
  });

  it('lets the allocation refuse the model', () => {
    const refusing = {
      bitsFor: () => 4,
      check: () => {
        throw new UsageError('no layer matches');
      },
    };
    expect(() => tinyTraining([quantizePlugin({ quantizer: liqQuantizer(), bits: refusing })])).to.throw(
      'plugin "quantize", hook "prepare": no layer matches',
    );
  });

  it('trains clip values and keeps the latent weights unquantized', async () => {
    const training = createTraining({
      model: tinyModel(),
      loss: softmaxCrossEntropy,
      optimizer: plainSgd(0.1),
      plugins: [quantizePlugin({ quantizer: liqQuantizer(), bits: fixedBits(2) })],
    });
    await takeSteps(training, tinyBatches(), 1);
    const start = clip(training, 'dense2/kernel/clipValue');
    await takeSteps(training, tinyBatches(), 5);
    expect(clip(training, 'dense2/kernel/clipValue')).to.not.equal(start);
    expect(levels(training.variables.get('dense1/kernel')!.variable.dataSync<'float32'>())).to.equal(12);
    training.dispose();
  });
});
