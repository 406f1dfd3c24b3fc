import type { PassContext } from '@flatbit/core';
import { quantizable } from '@flatbit/layers';
import { expectSameBits, testEngine } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

const { layers } = tf;
const pass: PassContext = { phase: 'clean', epoch: 0, step: 0, inference: false };

/** A model in a model in a model, with a dropout in each of the outer two; nothing has a name. */
function unnamed(): tf.LayersModel {
  const inner = tf.sequential({
    layers: [
      layers.dense({ units: 8, kernelInitializer: 'ones', inputShape: [8] }),
      layers.batchNormalization(),
    ],
  });
  const input = tf.input({ shape: [8] });
  const hidden = layers.dense({ units: 8, kernelInitializer: 'ones' }).apply(input);
  const dropped = layers.dropout({ rate: 0.5 }).apply(inner.apply(hidden));
  const middle = tf.model({
    inputs: input,
    outputs: layers.reLU().apply(dropped) as tf.SymbolicTensor,
  });
  const outer = tf.input({ shape: [8] });
  const output = layers.dropout({ rate: 0.5 }).apply(middle.apply(outer));
  return tf.model({ inputs: outer, outputs: output as tf.SymbolicTensor });
}

/** Paths of the layers that hold variables. */
function pathsOf(...stack: tf.layers.Layer[]): readonly string[] {
  const adapted = quantizable(tf.sequential({ layers: stack }));
  adapted.dispose();
  return [...new Set(adapted.variables.map(({ key }) => key.slice(0, key.lastIndexOf('/'))))];
}

const dense = (name?: string) => layers.dense({ units: 2, inputShape: [2], ...(name && { name }) });

describe('names of layers', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  it('do not depend on what the process has built: two copies have the same keys and masks', () => {
    const [first, second] = [unnamed(), unnamed()].map((model) => {
      const adapted = quantizable(model);
      const [output] = adapted.forward([tf.range(0, 16).reshape([2, 8])], pass, (_, value) => value);
      adapted.dispose();
      return { operands: adapted.operands, keys: adapted.variables.map(({ key }) => key), output: output! };
    });
    expect(second!.operands).to.deep.equal(first!.operands);
    expect(second!.keys).to.deep.equal(first!.keys);
    expect(first!.keys).to.include('model1/sequential1/dense1/kernel');
    expect([...first!.output.dataSync()]).to.include(0);
    expectSameBits(second!.output, first!.output.dataSync() as Float32Array);
  });

  it('are the kind and the place among the layers of that kind', () => {
    const norm = layers.batchNormalization();
    expect(pathsOf(dense(), norm, dense(), dense())).to.deep.equal([
      'dense1',
      'batchNormalization1',
      'dense2',
      'dense3',
    ]);
  });

  it('stay as given, do not renumber the others, and are never taken twice', () => {
    expect(pathsOf(dense('stem'), dense())).to.deep.equal(['stem', 'dense2']);
    expect(pathsOf(dense(), dense('dense1'), dense())).to.deep.equal(['dense2', 'dense1', 'dense3']);
    expect(pathsOf(dense('my_Dense1'), dense('dense_Dense'))).to.deep.equal(['my_Dense1', 'dense_Dense']);
  });

  it('spell an acronym small', () => {
    expect(pathsOf(layers.lstm({ units: 2, inputShape: [3, 2] }))).to.deep.equal(['lstm1']);
  });
});
