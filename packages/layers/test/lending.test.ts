import { createPassReader, createTrainingHooks, type PassContext } from '@flatbit/core';
import { quantizable } from '@flatbit/layers';
import { expectClose, expectNoTensorLeak, expectSameBits, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const { layers } = tf;
const evaluation: PassContext = { phase: 'evaluate', epoch: 0, step: 0, inference: true };

/** Output of a model whose weights are doubled and whose activations are tripled while it is read. */
function scaledForward(model: tf.LayersModel, x: tf.Tensor | tf.Tensor[]): tf.Tensor {
  const hooks = createTrainingHooks();
  hooks.operand.tap('scale', (value, { role }) => value.mul(role === 'weight' ? 2 : 3));
  const adapted = quantizable(model);
  const reader = createPassReader(hooks, evaluation);
  try {
    return tf.tidy(() => adapted.forward([x].flat(), evaluation, reader.read)[0]!);
  } finally {
    reader.release();
    adapted.dispose();
  }
}

describe('reads of a layer', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  const kinds: Record<string, () => { layer: tf.layers.Layer; shape: number[] }> = {
    dense: () => ({ layer: layers.dense({ units: 3, useBias: false }), shape: [4] }),
    conv1d: () => ({ layer: layers.conv1d({ filters: 2, kernelSize: 3, useBias: false }), shape: [6, 2] }),
    conv2d: () => ({ layer: layers.conv2d({ filters: 2, kernelSize: 3, useBias: false }), shape: [5, 5, 2] }),
    conv3d: () => ({
      layer: layers.conv3d({ filters: 2, kernelSize: 2, useBias: false }),
      shape: [3, 3, 3, 2],
    }),
    depthwiseConv2d: () => ({
      layer: layers.depthwiseConv2d({ kernelSize: 3, useBias: false }),
      shape: [5, 5, 2],
    }),
    conv2dTranspose: () => ({
      layer: layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2, useBias: false }),
      shape: [3, 3, 2],
    }),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    it(`of kind ${kind} go through the hook, and only during a pass`, () => {
      const { layer, shape } = make();
      const input = tf.input({ shape });
      const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
      const x = tf.randomUniform([2, ...shape], 0, 1, 'float32', 3);
      const plain = model.predict(x) as tf.Tensor;
      // Linear in both: 2·w times 3·x.
      expectClose(scaledForward(model, x), plain.mul(6));
      expectSameBits(model.predict(x) as tf.Tensor, plain);
    });
  }

  it('of a separable convolution see the activation between its kernels', () => {
    const model = tf.sequential({
      layers: [
        layers.separableConv2d({
          filters: 3,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          inputShape: [5, 5, 2],
        }),
      ],
    });
    const x = tf.randomUniform([2, 5, 5, 2], 0, 1, 'float32', 3);
    const plain = model.predict(x) as tf.Tensor;
    // 3·x, 2·depthwise, then 3·inner, 2·pointwise.
    expectClose(scaledForward(model, x), plain.mul(36));
  });

  it('of a separable convolution keep bias, activation and channels-first layout', () => {
    for (const dataFormat of ['channelsLast', 'channelsFirst'] as const) {
      const model = tf.sequential({
        layers: [
          layers.separableConv2d({
            filters: 3,
            kernelSize: 2,
            activation: 'tanh',
            biasInitializer: tf.initializers.constant({ value: 0.5 }),
            dataFormat,
            inputShape: dataFormat === 'channelsLast' ? [4, 5, 2] : [2, 4, 5],
          }),
        ],
      });
      const x = tf.randomUniform([2, ...model.inputs[0]!.shape.slice(1)] as number[], 0, 1, 'float32', 3);
      const adapted = quantizable(model);
      const [output] = adapted.forward([x], evaluation, (_, value) => value);
      adapted.dispose();
      if (dataFormat === 'channelsLast') expectClose(output!, model.predict(x) as tf.Tensor);
      else expect(output!.shape).to.deep.equal([2, 3, 3, 4]);
    }
  });

  it('of a shared layer quantize its weight once per pass', () => {
    const shared = layers.dense({ units: 4, useBias: false });
    const input = tf.input({ shape: [4] });
    const model = tf.model({
      inputs: input,
      outputs: shared.apply(shared.apply(input)) as tf.SymbolicTensor,
    });
    const hooks = createTrainingHooks();
    let weightReads = 0;
    hooks.operand.tap('count', (value, { role }) => {
      if (role === 'weight') weightReads += 1;
      return value.mul(1);
    });
    const adapted = quantizable(model);
    const reader = createPassReader(hooks, evaluation);
    tf.tidy(() => void adapted.forward([tf.ones([1, 4])], evaluation, reader.read));
    reader.release();
    adapted.dispose();
    expect(weightReads).to.equal(1);
  });

  it('of a nested model that is used twice still find the weight of the first use', () => {
    const inner = tf.sequential({ layers: [layers.dense({ units: 3, useBias: false, inputShape: [3] })] });
    const input = tf.input({ shape: [3] });
    const model = tf.model({ inputs: input, outputs: inner.apply(inner.apply(input)) as tf.SymbolicTensor });
    const x = tf.randomUniform([2, 3], 0, 1, 'float32', 3);
    const plain = model.predict(x) as tf.Tensor;
    expectClose(scaledForward(model, x), plain.mul(36));
  });

  it('leave no tensor behind', async () => {
    const model = tf.sequential({ layers: [layers.dense({ units: 3, inputShape: [4] })] });
    const x = tf.ones([2, 4]);
    await expectNoTensorLeak(() => scaledForward(model, x).dispose());
  });

  it('never reach a saved model', async () => {
    const model = tf.sequential({ layers: [layers.dense({ units: 3, useBias: false, inputShape: [4] })] });
    const before = (await model.getWeights()[0]!.data()).slice();
    const adapted = quantizable(model);
    adapted.forward([tf.ones([1, 4])], evaluation, (_, value) => value.mul(2));
    expectSameBits(model.getWeights()[0]!, before);
    adapted.dispose();
  });

  it('are given back as they were, also after a pass that throws', () => {
    const model = tf.sequential({
      layers: [
        layers.dense({ units: 3, inputShape: [4] }),
        layers.batchNormalization(),
        layers.dropout({ rate: 0.5 }),
      ],
    });
    const own = model.layers.map((layer) => Object.keys(layer).sort());
    const calls = model.layers.map((layer) => layer.call);
    const adapted = quantizable(model);
    const broken = () =>
      adapted.forward([tf.ones([2, 4])], { ...evaluation, inference: false }, (operand, value) => {
        if (operand.role === 'weight') throw new Error('no');
        return value;
      });
    expect(broken).to.throw('no');
    adapted.dispose();
    model.layers.forEach((layer, index) => {
      expect(layer.call).to.equal(calls[index]);
      expect(Object.keys(layer).sort()).to.deep.equal(own[index]);
    });
    expect(() => model.predict(tf.ones([2, 4]))).to.not.throw();
  });
});
