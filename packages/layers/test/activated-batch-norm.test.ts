import type { PassContext } from '@flatbit/core';
import { quantizable } from '@flatbit/layers';
import { expectClose, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const clean: PassContext = { phase: 'clean', epoch: 0, step: 0, inference: false };
const asIs = (_: unknown, value: tf.Tensor) => value;
const { layers } = tf;

/** What each output of a model is in training, for a batch of 1 and 3 at every input: they are normalised to −1 and 1. */
function outputsOf(model: tf.LayersModel, pass = clean): number[][] {
  return tf.tidy(() => {
    const adapted = quantizable(model, {});
    const batch = tf.tensor2d([[1], [3]]);
    const outputs = adapted.forward(
      model.inputs.map(() => batch),
      pass,
      asIs,
    );
    adapted.dispose();
    return outputs.map((output) => [...output.dataSync()]);
  });
}

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as tf.SymbolicTensor;
const input = () => tf.input({ shape: [1] });
const batchNorm = () => layers.batchNormalization({ epsilon: 0 });

describe('a batch norm with an activation behind it', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  it('is clipped where the activation is, by its own range', () => {
    const outputOf = (activation: tf.layers.Layer): number[] => {
      const x = input();
      const [output] = outputsOf(tf.model({ inputs: x, outputs: apply(activation, apply(batchNorm(), x)) }));
      return output!;
    };
    expectClose(outputOf(layers.reLU()), [0, 1]);
    expectClose(outputOf(layers.reLU({ maxValue: 0.5 })), [0, 0.5]);
    expectClose(outputOf(layers.activation({ activation: 'relu' })), [0, 1]);
    expectClose(outputOf(layers.activation({ activation: 'linear' })), [-1, 1]);
    expectClose(outputOf(layers.leakyReLU({ alpha: 0.5 })), [-0.5, 1]);
  });

  it('passes the gradient of the activation', () => {
    const x = input();
    const norm = batchNorm();
    const model = tf.model({ inputs: x, outputs: apply(layers.reLU(), apply(norm, x)) });
    const adapted = quantizable(model);
    const offset = norm.getWeights()[1]!;
    const variable = norm.trainableWeights[1]!.read() as tf.Variable;
    const { grads } = tf.variableGrads(() => {
      const [output] = adapted.forward([tf.tensor2d([[1], [3], [3]])], clean, asIs);
      return output!.mul(tf.tensor2d([[5], [2], [3]])).sum() as tf.Scalar;
    }, [variable]);
    // The first is normalised to less than 0: 2 + 3.
    expectClose(grads[variable.name]!, [5]);
    expect(offset.shape).to.deep.equal([1]);
    adapted.dispose();
  });

  it('stays whole for another reader, and as an output of the model', () => {
    const x = input();
    const normed = apply(batchNorm(), x);
    const activated = apply(layers.reLU(), normed);
    const both = tf.model({ inputs: x, outputs: [normed, activated] });
    expect(outputsOf(both)).to.deep.equal([
      [-1, 1],
      [0, 1],
    ]);
    const sum = tf.model({ inputs: x, outputs: apply(layers.add(), normed, activated) });
    expect(outputsOf(sum)).to.deep.equal([[-1, 2]]);
  });

  it('stays whole in another model that it is shared with', () => {
    const x = input();
    const normed = apply(batchNorm(), x);
    const base = tf.model({ inputs: x, outputs: apply(layers.reLU(), normed) });
    const features = tf.model({ inputs: x, outputs: normed });
    const outer = input();
    const outputs = [apply(base, outer), apply(features, outer)];
    expect(outputsOf(tf.model({ inputs: outer, outputs }))).to.deep.equal([
      [0, 1],
      [-1, 1],
    ]);
  });

  it('stays whole where the layer is called again, and where a wrapper has it too', () => {
    const [a, b] = [input(), input()];
    const norm = batchNorm();
    const twice = tf.model({
      inputs: [a, b],
      outputs: [apply(layers.reLU(), apply(norm, a)), apply(norm, b)],
    });
    expect(outputsOf(twice)).to.deep.equal([
      [0, 1],
      [-1, 1],
    ]);
    const x = input();
    const shared = batchNorm();
    const steps = apply(layers.reshape({ targetShape: [1, 1] }), x);
    const wrapped = apply(layers.timeDistributed({ layer: shared }), steps);
    const outputs = [apply(layers.reLU(), apply(shared, x)), wrapped];
    expect(outputsOf(tf.model({ inputs: x, outputs }))).to.deep.equal([
      [0, 1],
      [-1, 1],
    ]);
  });

  it('in a nested model that is used twice is clipped both times', () => {
    const x = input();
    const nested = tf.model({ inputs: x, outputs: apply(layers.reLU(), apply(batchNorm(), x)) });
    const [a, b] = [input(), input()];
    expect(
      outputsOf(tf.model({ inputs: [a, b], outputs: [apply(nested, a), apply(nested, b)] })),
    ).to.deep.equal([
      [0, 1],
      [0, 1],
    ]);
  });

  it('is normalised by the moving statistics, and clipped, in inference', () => {
    const x = input();
    const model = tf.model({ inputs: x, outputs: apply(layers.reLU(), apply(batchNorm(), x)) });
    // Moving mean 0, variance 1.
    expect(outputsOf(model, { ...clean, phase: 'evaluate', inference: true })).to.deep.equal([[1, 3]]);
  });

  it('has the activation for itself outside of our passes, and is given back', () => {
    const x = input();
    const model = tf.model({ inputs: x, outputs: apply(layers.reLU(), apply(batchNorm(), x)) });
    const own = model.layers.map((layer) => Object.hasOwn(layer, 'call'));
    const adapted = quantizable(model);
    const stock = tf.tidy(() =>
      (model.apply(tf.tensor2d([[1], [3]]), { training: true }) as tf.Tensor).dataSync(),
    );
    expectClose(stock, [0, 1]);
    adapted.dispose();
    expect(model.layers.map((layer) => Object.hasOwn(layer, 'call'))).to.deep.equal(own);
  });
});
