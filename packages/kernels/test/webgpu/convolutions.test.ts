import * as tf from '@tensorflow/tfjs';
import { inCase, withGradients } from '../engines.js';
import { expectSameAsCpu, onWebgpu, tensorOf, tiesOf } from './same-as-cpu.js';

type Padding = 'same' | 'valid' | number;
type Case = readonly [x: number[], filter: number[], strides: number | [number, number], pad: Padding];

const convolutions: readonly Case[] = [
  [[2, 5, 5, 2], [3, 3, 2, 3], 1, 'same'],
  [[2, 5, 5, 2], [3, 3, 2, 3], 2, 'same'],
  [[2, 6, 7, 3], [1, 1, 3, 4], 2, 'valid'],
  [[1, 7, 5, 4], [5, 3, 4, 2], [1, 2], 'valid'],
  [[2, 8, 8, 16], [3, 3, 16, 16], 1, 1],
  [[1, 1, 1, 1], [1, 1, 1, 1], 1, 'same'],
  [[2, 9, 9, 4], [7, 7, 4, 4], 2, 3],
  [[0, 5, 5, 2], [3, 3, 2, 3], 1, 'same'],
];
const depthwise: readonly Case[] = [
  [[2, 5, 5, 2], [3, 3, 2, 1], 1, 'same'],
  [[2, 6, 6, 4], [3, 3, 4, 1], 2, 'same'],
  [[1, 5, 5, 2], [3, 3, 2, 2], 1, 'valid'],
  [[2, 8, 8, 16], [3, 3, 16, 1], 1, 1],
  [[2, 9, 9, 5], [5, 5, 5, 1], 2, 2],
  [[0, 5, 5, 2], [3, 3, 2, 1], 1, 'same'],
];
const products: readonly (readonly [a: number[], b: number[], transposeA?: boolean, transposeB?: boolean])[] =
  [
    [
      [3, 4],
      [4, 5],
    ],
    [[4, 3], [4, 5], true],
    [[3, 4], [5, 4], false, true],
    [[4, 3], [5, 4], true, true],
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    [
      [70, 130],
      [130, 33],
    ],
    [
      [1, 2000],
      [2000, 3],
    ],
    [
      [0, 4],
      [4, 3],
    ],
    [
      [3, 0],
      [0, 3],
    ],
    [[0, 3], [0, 3], true],
  ];

onWebgpu('products', () => {
  for (const [name, cases] of [
    ['conv2d', convolutions],
    ['depthwiseConv2d', depthwise],
  ] as const) {
    for (const [x, filter, strides, pad] of cases) {
      it(`${name}: [${x}] by [${filter}], strides ${strides}, padding ${pad}, and its gradients`, async () => {
        const convolve = (...[image, kernel]: tf.Tensor[]) =>
          tf[name](image as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad);
        const operands = () => [tensorOf(x), tensorOf(filter, 2)];
        await expectSameAsCpu(() => convolve(...operands()));
        await expectSameAsCpu(() => withGradients(convolve)(...operands()), { relative: 1e-4 });
      });
    }
  }

  it('matMul: transposed, in batches, and over nothing, and its gradients', async () => {
    for (const [a, b, transposeA, transposeB] of products) {
      await inCase(`[${a}] by [${b}]`, async () => {
        const multiply = (...[left, right]: tf.Tensor[]) => tf.matMul(left!, right!, transposeA, transposeB);
        const operands = () => [tensorOf(a), tensorOf(b, 2)];
        await expectSameAsCpu(() => multiply(...operands()));
        await expectSameAsCpu(() => withGradients(multiply)(...operands()), { relative: 1e-4 });
      });
    }
  });

  it('gather: its gradient adds rows that were taken twice', () =>
    expectSameAsCpu(
      () => tf.grad((x) => tf.gather(x, tf.tensor1d([0, 2, 0], 'int32')).square())(tensorOf([3, 2])),
      { relative: 1e-4 },
    ));
});

onWebgpu('pooling', () => {
  for (const [size, strides, pad] of [
    [2, 2, 'valid'],
    [3, 2, 'same'],
    [3, 1, 'same'],
    [2, 1, 'valid'],
  ] as const) {
    for (const name of ['maxPool', 'avgPool'] as const) {
      it(`${name} of ${size} by ${size}, strides ${strides}, padding ${pad}: ties too, and its gradient`, async () => {
        const pool = (x: tf.Tensor) => tf[name](x as tf.Tensor4D, size, strides, pad);
        for (const make of [tensorOf, tiesOf]) {
          await expectSameAsCpu(() => pool(make([2, 7, 6, 3])));
          await expectSameAsCpu(() => withGradients(pool)(make([2, 7, 6, 3])), { relative: 1e-4 });
        }
      });
    }
  }

  it('gives the gradient of a window of zeros to the first of them', async () => {
    const gradient = () =>
      tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(tf.zeros([1, 2, 2, 1]));
    await tf.setBackend('webgpu');
    const values = tf.tidy(() => [...gradient().dataSync()]);
    if (String(values) !== '1,0,0,0') throw new Error(String(values));
  });
});
