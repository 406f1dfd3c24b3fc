import { selectEngine, type EngineName } from '@flatbit/backends';
import { softmaxCrossEntropy } from '@flatbit/core';
import { smallCnn } from '@flatbit/models';
import { expectClose, seededRandom, seededValues, testEngines } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';

/** Loss and gradients, one after the other, of the first step of a small network in full precision. */
async function firstStep(engine: EngineName): Promise<{ loss: number; gradient: readonly number[] }> {
  await selectEngine(engine);
  const network = smallCnn({ width: 4, seed: 3 });
  const images = tf.tensor(seededValues(seededRandom(5), 6 * 28 * 28), [6, 28, 28, 1]);
  const labels = tf.tensor1d([0, 3, 3, 9, 1, 7], 'int32');
  const variables = network.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { value, grads } = tf.variableGrads(
    () => softmaxCrossEntropy([network.apply(images, { training: true }) as tf.Tensor], [labels]),
    variables,
  );
  const [loss] = await value.data();
  const parts = await Promise.all(variables.map(({ name }) => grads[name]!.data()));
  tf.dispose([images, labels, value, grads]);
  network.dispose();
  return { loss: loss!, gradient: parts.flatMap((part) => [...part]) };
}

const norm = (values: readonly number[]) => Math.hypot(...values);

describe('a small CNN in full precision, from one seed', () => {
  for (const engine of testEngines.filter((name) => name !== 'cpu')) {
    it(`has on ${engine} the loss and the gradient that it has on cpu`, async () => {
      const expected = await firstStep('cpu');
      const actual = await firstStep(engine as EngineName);
      expectClose(actual.loss, expected.loss, { relative: 0, absolute: 1e-5 });
      const difference = expected.gradient.map((value, index) => actual.gradient[index]! - value);
      expect(norm(expected.gradient)).to.be.greaterThan(0.1);
      expect(norm(difference) / norm(expected.gradient)).to.be.lessThan(1e-3);
    });
  }
});
