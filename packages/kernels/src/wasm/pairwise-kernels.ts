import * as tf from '@tensorflow/tfjs';
import { pairwiseKernel } from './pairwise-kernel.js';
import * as simd from './simd/instructions.js';
import type { PairwiseOp } from './simd/pairwise.js';

const ops: readonly PairwiseOp[] = [
  { name: tf.Maximum, vector: simd.maximum, scalar: Math.max, dtype: 'float32' },
  { name: tf.Minimum, vector: simd.minimum, scalar: Math.min, dtype: 'float32' },
  { name: tf.Equal, vector: simd.equal, scalar: (left, right) => left === right, dtype: 'bool' },
  { name: tf.NotEqual, vector: simd.notEqual, scalar: (left, right) => left !== right, dtype: 'bool' },
  { name: tf.Less, vector: simd.less, scalar: (left, right) => left < right, dtype: 'bool' },
  { name: tf.LessEqual, vector: simd.lessEqual, scalar: (left, right) => left <= right, dtype: 'bool' },
  { name: tf.Greater, vector: simd.greater, scalar: (left, right) => left > right, dtype: 'bool' },
  { name: tf.GreaterEqual, vector: simd.greaterEqual, scalar: (left, right) => left >= right, dtype: 'bool' },
];

/** Extremes and comparisons, by the name of the kernel that each wraps. */
export const pairwiseKernels = Object.fromEntries(ops.map((op) => [op.name, pairwiseKernel(op)]));
