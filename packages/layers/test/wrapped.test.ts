import { multiplyAccumulates, type PassContext } from '@flatbit/core';
import { quantizable } from '@flatbit/layers';
import { expectClose, expectNoTensorLeak, expectSameBits, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const { layers } = tf;
const asIs = (_: unknown, value: tf.Tensor) => value;
const pass = (step: number, phase: PassContext['phase'] = 'clean'): PassContext => ({
  phase,
  epoch: 0,
  step,
  inference: false,
});
const steps = (layer: tf.layers.Layer, inputShape: (number | null)[]) =>
  layers.timeDistributed({ name: 'steps', layer, inputShape } as Parameters<
    typeof layers.timeDistributed
  >[0]);

describe('layers inside a wrapper', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  it('are quantized per time step, at the ends of the model too', () => {
    const hidden = steps(layers.dense({ units: 5, useBias: false }), [6, 3]);
    const model = tf.sequential({ layers: [hidden, layers.dense({ name: 'out', units: 2 })] });
    const adapted = quantizable(model);
    const [input, kernel] = adapted.operands;
    expect(input).to.deep.include({ key: 'steps/dense1/input:0', shape: [null, 3] });
    expect(kernel).to.deep.include({ key: 'steps/dense1/kernel', first: true, last: false });
    expect(adapted.operands.at(-1)).to.deep.include({ key: 'out/kernel', first: false, last: true });
    // 3 × 5 weights at each of 6 time steps.
    expect(multiplyAccumulates(kernel!.geometry!)).to.equal(3 * 5 * 6);
    expect(adapted.unsupported).to.deep.equal([]);
    expect(adapted.variables.map(({ key }) => key)).to.deep.equal([
      'steps/dense1/kernel',
      'out/kernel',
      'out/bias',
    ]);
    const x = tf.randomUniform([2, 6, 3], 0, 1, 'float32', 3);
    const doubled = adapted.forward([x], pass(0), ({ key }, value) =>
      key === 'steps/dense1/kernel' ? value.mul(2) : value,
    );
    const bias = model.layers[1]!.getWeights()[1]!;
    expectClose(doubled[0]!.sub(bias), (model.predict(x) as tf.Tensor).sub(bias).mul(2));
    adapted.dispose();
  });

  it('of a nested model are found, and have no geometry where the number of time steps is open', () => {
    const inner = tf.sequential({
      name: 'inner',
      layers: [layers.conv1d({ name: 'conv', filters: 2, kernelSize: 3, inputShape: [9, 4] })],
    });
    const of = (time: number | null) => {
      const adapted = quantizable(tf.sequential({ layers: [steps(inner, [time, 9, 4])] }));
      adapted.dispose();
      return adapted.operands[1]!;
    };
    expect(of(5)).to.deep.include({ key: 'steps/inner/conv/kernel', first: true, last: true });
    // 3 × 4 × 2 weights at 7 places of each of 5 time steps.
    expect(multiplyAccumulates(of(5).geometry!)).to.equal(3 * 4 * 2 * 7 * 5);
    expect(of(null)).to.not.have.property('geometry');
  });

  it('draw one dropout mask per time step, the same in both passes', () => {
    const model = tf.sequential({ layers: [steps(layers.dropout({ rate: 0.5 }), [2, 64])] });
    const adapted = quantizable(model);
    const x = tf.ones([1, 2, 64]);
    const draw = (context: PassContext) =>
      (adapted.forward([x], context, asIs)[0]!.dataSync() as Float32Array).slice();
    const first = draw(pass(0));
    expect([...new Set(first)].sort()).to.deep.equal([0, 2]);
    expect(first.slice(0, 64)).to.not.deep.equal(first.slice(64));
    expectSameBits(draw(pass(0, 'perturbed')), first);
    expect(draw(pass(1))).to.not.deep.equal(first);
    adapted.dispose();
  });

  it('move batch statistics once per step, by the mean of the time steps, and not if it was unhealthy', () => {
    const norm = layers.batchNormalization({ momentum: 0.9, epsilon: 0 });
    const model = tf.sequential({ layers: [steps(norm, [2, 1])] });
    const adapted = quantizable(model);
    const moving = () =>
      norm
        .getWeights()
        .slice(2)
        .flatMap((weight) => [...weight.dataSync()]);
    // Time step 0 is [1, 3]: mean 2, variance 2; time step 1 is [10, 14]: mean 12, variance 8.
    const x = tf.tensor3d([
      [[1], [10]],
      [[3], [14]],
    ]);
    for (const healthy of [false, true]) {
      adapted.forward([x], pass(0), asIs);
      adapted.forward([x.mul(7)], pass(0, 'perturbed'), asIs);
      expectSameBits(tf.tensor1d(moving()), [0, 1]);
      adapted.moveStatistics(tf.scalar(healthy, 'bool'));
      if (!healthy) expectSameBits(tf.tensor1d(moving()), [0, 1]);
    }
    expectClose(tf.tensor1d(moving()), [0.1 * ((2 + 12) / 2), 0.9 + 0.1 * ((2 + 8) / 2)]);
    adapted.dispose();
  });

  it('of a bidirectional one are reported and keyed each', () => {
    const memory = layers.gru({ units: 2, useBias: false, name: 'memory' });
    const both = layers.bidirectional({
      name: 'both',
      layer: memory,
      mergeMode: 'concat',
      inputShape: [3, 2],
    } as unknown as Parameters<typeof layers.bidirectional>[0]);
    const adapted = quantizable(tf.sequential({ layers: [both] }));
    adapted.dispose();
    expect(adapted.unsupported.map(({ layer }) => layer)).to.deep.equal(['both/forward', 'both/backward']);
    expect(adapted.variables.map(({ key }) => key)).to.deep.equal([
      'both/forward/kernel',
      'both/forward/recurrentKernel',
      'both/backward/kernel',
      'both/backward/recurrentKernel',
    ]);
  });
});

describe('masks of recurrent layers', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  const dropping = { units: 16, dropout: 0.5, recurrentDropout: 0.5, inputShape: [3, 8] };
  const recurrent: Record<string, () => tf.layers.Layer> = {
    lstm: () => layers.lstm(dropping as Parameters<typeof layers.lstm>[0]),
    gru: () => layers.gru(dropping as Parameters<typeof layers.gru>[0]),
    simpleRNN: () => layers.simpleRNN(dropping as Parameters<typeof layers.simpleRNN>[0]),
    'stacked cells': () =>
      layers.rnn({
        cell: [
          layers.lstmCell({ units: 16, dropout: 0.5 }),
          layers.gruCell({ units: 16, recurrentDropout: 0.5 }),
        ],
        inputShape: [3, 8],
      } as Parameters<typeof layers.rnn>[0]),
    bidirectional: () =>
      layers.bidirectional({
        layer: layers.gru({ units: 16, dropout: 0.5 }),
        mergeMode: 'concat',
        inputShape: [3, 8],
      } as unknown as Parameters<typeof layers.bidirectional>[0]),
  };
  for (const [name, make] of Object.entries(recurrent)) {
    it(`of ${name} are the same in both passes of a step, and new in the next`, () => {
      const model = tf.sequential({ layers: [make()] });
      const x = tf.ones([2, 3, 8]);
      const stock = (model.predict(x) as tf.Tensor).dataSync() as Float32Array;
      const adapted = quantizable(model, { seed: 1 });
      const draw = (context: PassContext) =>
        (adapted.forward([x], context, asIs)[0]!.dataSync() as Float32Array).slice();
      const first = draw(pass(0));
      expectSameBits(draw(pass(0, 'perturbed')), first);
      expect(draw(pass(1))).to.not.deep.equal(first);
      expectSameBits(draw({ ...pass(0), inference: true }), stock);
      adapted.dispose();
      expectSameBits(model.predict(x) as tf.Tensor, stock);
    });
  }

  it('let gradients through, and are freed with the pass', async () => {
    const layer = layers.simpleRNN({
      units: 1,
      dropout: 0.5,
      useBias: false,
      activation: 'linear',
      kernelInitializer: 'ones',
      recurrentInitializer: 'zeros',
      inputShape: [2, 64],
    } as Parameters<typeof layers.simpleRNN>[0]);
    const adapted = quantizable(tf.sequential({ layers: [layer] }));
    const x = tf.ones([1, 2, 64]);
    const sum = (input: tf.Tensor) => adapted.forward([input], pass(0), asIs)[0]!.sum();
    // The last step forgets the first one: the output is the sum of the mask, its gradient the mask, 0 or 1 / (1 − 0.5).
    const [forgotten, mask] = tf.unstack(tf.grad(sum)(x), 1) as [tf.Tensor, tf.Tensor];
    expectSameBits(forgotten, tf.zeros([1, 64]));
    expect([...new Set(mask.dataSync())].sort()).to.deep.equal([0, 2]);
    expectClose(mask.sum(), sum(x));
    await expectNoTensorLeak(() => tf.tidy(() => void sum(x)));
    adapted.dispose();
  });
});
