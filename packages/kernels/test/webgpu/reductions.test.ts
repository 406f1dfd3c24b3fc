import * as tf from '@tensorflow/tfjs';
import { expectSameAsCpu, onWebgpu, tensorOf, tiesOf } from './same-as-cpu.js';

const cases: readonly (readonly [shape: number[], axis?: number | number[], keepDims?: boolean])[] = [
  [[5]],
  [[3, 4], 0],
  [[3, 4], 1],
  [[2, 3, 4], [0, 2], true],
  [
    [2, 3, 4, 5],
    [0, 1, 2],
  ],
  [[]],
  [[1], 0],
  [[7, 130], 1],
  [[130, 7], 0],
  [
    [2, 3, 2, 3, 2],
    [1, 3],
  ],
  [[0]],
  [[0, 3], 0],
  [[3, 0], 1],
  [[2, 0, 3], [1], true],
];

onWebgpu('reductions', () => {
  for (const name of ['sum', 'mean', 'max', 'min', 'prod'] as const) {
    it(`${name}: over any axes, and over nothing`, async () => {
      for (const [shape, axis, keepDims] of cases) {
        await expectSameAsCpu(() => tf[name](tensorOf(shape), axis, keepDims));
      }
    });

    it(`${name}: of NaN and infinities, and of whole numbers`, async () => {
      const rows = () => tf.tensor2d([1, NaN, 2, Infinity, 3, -Infinity, 4, 5, 6], [3, 3]);
      await expectSameAsCpu(() => tf[name](rows(), 1));
      await expectSameAsCpu(() => tf[name](tiesOf([4, 5]).cast('int32'), 1));
    });
  }

  it('sums a hundred thousand values', () => expectSameAsCpu(() => tensorOf([100_003]).abs().sum()));

  for (const name of ['all', 'any'] as const) {
    it(`${name}: over any axes, and over nothing`, async () => {
      for (const [shape, axis, keepDims] of cases) {
        await expectSameAsCpu(() => tf[name](tensorOf(shape).greater(-0.9), axis, keepDims));
      }
    });
  }

  for (const name of ['argMax', 'argMin'] as const) {
    it(`${name}: the first of equals, a scalar for a vector`, async () => {
      for (const [shape, axis] of [
        [[5], 0],
        [[3, 4], 1],
        [[3, 4], 0],
        [[2, 3, 4], 1],
        [[3, 100], 1],
        [[300], 0],
      ] as const) {
        await expectSameAsCpu(() => tf[name](tensorOf([...shape]), axis));
        await expectSameAsCpu(() => tf[name](tiesOf([...shape]), axis));
      }
      await expectSameAsCpu(() => tf[name](tiesOf([4, 9]).cast('int32'), 1));
      await expectSameAsCpu(() => tf[name](tf.tensor2d([1, NaN, 3, NaN, 1, 3], [2, 3]), 1));
    });
  }

  it('softmax and its logarithm: large logits, and NaN', async () => {
    const logits = () => tf.tensor2d([1000, -1000, 3, -1e30, 0, 1e30], [2, 3]);
    for (const name of ['softmax', 'logSoftmax'] as const) {
      await expectSameAsCpu(() => tf[name](tensorOf([5, 10]).mul(20)));
      await expectSameAsCpu(() => tf[name](logits()));
      await expectSameAsCpu(() => tf[name](tf.tensor2d([NaN, 0, 1, 2], [2, 2])));
    }
    const labels = () => tf.oneHot(tf.tensor1d([0, 2], 'int32'), 3);
    const gradient = () =>
      tf.grad((x) => tf.losses.softmaxCrossEntropy(labels(), x))(tensorOf([2, 3]).mul(4));
    await expectSameAsCpu(gradient, { relative: 1e-4 });
  });
});
