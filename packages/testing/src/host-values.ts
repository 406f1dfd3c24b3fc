import * as tf from '@tensorflow/tfjs';

/** What an expectation can compare: a tensor, an array of numbers, or one number. */
export type Comparable = tf.Tensor | ArrayLike<number> | number;

/** Numbers on the host, and the shape if they came in a tensor. */
export interface HostValues {
  readonly data: ArrayLike<number>;
  readonly shape?: readonly number[];
}

/** Reads a tensor back, synchronously; numbers pass. On an engine without `dataSync` hand in what `data()` gave. */
export function hostValues(value: Comparable): HostValues {
  if (typeof value === 'number') return { data: [value] };
  if (!(value instanceof tf.Tensor)) return { data: value };
  return { data: value.dataSync(), shape: value.shape };
}

/** Says how sizes or shapes differ; undefined if values can be compared one by one. */
export function sizeDifference(actual: HostValues, expected: HostValues): string | undefined {
  if (actual.shape && expected.shape && String(actual.shape) !== String(expected.shape)) {
    return `shape is [${actual.shape}], expected [${expected.shape}]`;
  }
  if (actual.data.length !== expected.data.length) {
    return `there are ${actual.data.length} values, expected ${expected.data.length}`;
  }
  return undefined;
}
