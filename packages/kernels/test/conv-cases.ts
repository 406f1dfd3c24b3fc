import type * as tf from '@tensorflow/tfjs';

/** Strides and paddings that convolutions are tried with. */
export const strides: readonly (number | [number, number])[] = [1, 2, 3, [1, 2], [3, 2]];

export const paddings: readonly ('same' | 'valid' | tf.backend_util.ExplicitPadding)[] = [
  'same',
  'valid',
  explicit([1, 1], [1, 1]),
  explicit([0, 2], [1, 0]),
  // More padding than a small filter reaches over: whole outputs see nothing but zeros.
  explicit([3, 2], [2, 3]),
];

export const filterSizes: readonly (readonly [number, number])[] = [
  [1, 1],
  [3, 3],
  [5, 5],
  [3, 1],
  [2, 4],
];

export const imageSizes: readonly (readonly [number, number])[] = [
  [7, 9],
  [8, 6],
];

function explicit(rows: [number, number], columns: [number, number]): tf.backend_util.ExplicitPadding {
  return [[0, 0], rows, columns, [0, 0]];
}
