import * as tf from '@tensorflow/tfjs';
import { expectSameAsCpu, onWebgpu, tensorOf } from './same-as-cpu.js';

// Among them ties of rounding, a half below one, whole numbers beyond 2^24, and what saturates exp.
const edges = [
  ...[NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.7, -3.7],
  ...[0.49999997, 6, 7, 1e-8, 1e30, -1e30, 16777217, 0.1, 88, -100],
];
/** Each value by itself: among them are some of 1e30. */
const alone = { absolute: 1e-7 };
const pairs = edges.flatMap((a) => edges.map((b) => [a, b] as const));

onWebgpu('elementwise kernels', () => {
  const unary = [
    ...(['abs', 'ceil', 'floor', 'round', 'sign', 'square', 'sqrt', 'rsqrt', 'reciprocal', 'neg'] as const),
    ...(['exp', 'expm1', 'log', 'log1p', 'tanh', 'sigmoid', 'softplus', 'elu', 'selu'] as const),
    ...(['relu', 'relu6', 'leakyRelu', 'step', 'isNaN', 'isFinite', 'isInf'] as const),
  ];
  for (const name of unary) {
    it(`${name}: NaN, infinities, ties and zeros`, () =>
      expectSameAsCpu(() => tf[name](tf.tensor1d(edges)), alone));
  }

  const binary = [
    ...(['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'squaredDifference'] as const),
    ...(['equal', 'notEqual', 'greater', 'greaterEqual', 'less', 'lessEqual'] as const),
  ];
  for (const name of binary) {
    it(`${name}: every pair of edges, broadcasts, and nothing`, async () => {
      const column = (at: 0 | 1) => tf.tensor1d(pairs.map((pair) => pair[at]));
      await expectSameAsCpu(() => tf[name](column(0), column(1)), alone);
      for (const [a, b] of [
        [[2, 3], [3]],
        [
          [2, 1, 3],
          [4, 1],
        ],
        [[], [2]],
        [
          [2, 3, 2, 3, 2],
          [1, 3, 1],
        ],
        [[0, 3], [3]],
      ]) {
        await expectSameAsCpu(() => tf[name](tensorOf(a!), tensorOf(b!, 2)));
      }
    });
  }

  it('clips, selects and casts', async () => {
    await expectSameAsCpu(() => tf.clipByValue(tf.tensor1d(edges), -1, 2), alone);
    await expectSameAsCpu(() =>
      tf.where(tf.tensor1d(edges).greater(0), tf.tensor1d(edges), tf.fill([edges.length], 2)),
    );
    await expectSameAsCpu(() =>
      tf.where(tf.scalar(false, 'bool'), tf.tensor1d(edges), tf.zeros([edges.length])),
    );
    await expectSameAsCpu(() => [
      tf.tensor1d([1.7, -1.7, 0, 2.5, NaN]).cast('int32'),
      tf.tensor1d([1.7, 0, NaN]).cast('bool'),
      tf.tensor1d([3, 0, -2, 16777217], 'int32').cast('float32'),
    ]);
  });

  it('computes with whole numbers as with whole numbers', async () => {
    const [a, b] = [() => tf.tensor1d([7, -7, 65537], 'int32'), () => tf.tensor1d([2, 2, 3], 'int32')];
    await expectSameAsCpu(() => [a().add(b()), a().mul(b()), a().div(b()), a().floorDiv(b()), a().mod(b())]);
    await expectSameAsCpu(() => tf.equal(tf.scalar(16777217, 'int32'), tf.scalar(16777216, 'int32')));
  });

  it('adds more tensors than a shader can bind', () =>
    expectSameAsCpu(() => tf.addN(Array.from({ length: 30 }, (_, index) => tensorOf([5], index + 1)))));

  const derived = [
    'relu',
    'relu6',
    'elu',
    'selu',
    'sigmoid',
    'tanh',
    'softplus',
    'leakyRelu',
    'abs',
    'square',
  ] as const;
  for (const name of derived) {
    it(`${name}: its gradient`, () =>
      expectSameAsCpu(() => tf.grad((x) => tf[name](x))(tensorOf([7, 5]).mul(8)), { relative: 1e-4 }));
  }
});
