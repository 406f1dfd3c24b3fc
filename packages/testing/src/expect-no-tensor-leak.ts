import { AssertionError } from 'chai';
import * as tf from '@tensorflow/tfjs';

export interface LeakOptions {
  /** How often to call the function; 3 unless given. */
  readonly times?: number;
}

/**
 * Holds when calling `fn` leaves as many tensors and data buffers as there were. A tensor that it returns counts as left.
 * @throws AssertionError with both counts; or what `fn` throws.
 */
export function expectNoTensorLeak(fn: () => Promise<unknown>, options?: LeakOptions): Promise<void>;
export function expectNoTensorLeak(fn: () => unknown, options?: LeakOptions): void;
export function expectNoTensorLeak(fn: () => unknown, { times = 3 }: LeakOptions = {}): void | Promise<void> {
  const before = countTensors();
  for (let call = 0; call < times; call += 1) {
    const result = fn();
    if (result instanceof Promise) return finish(result, fn, times - call - 1, before);
  }
  expectTensorCount(before, times);
}

async function finish(
  first: Promise<unknown>,
  fn: () => unknown,
  more: number,
  before: TensorCount,
): Promise<void> {
  await first;
  for (let call = 0; call < more; call += 1) await fn();
  expectTensorCount(before, more + 1);
}

/** What is allocated on the engine. */
export interface TensorCount {
  readonly numTensors: number;
  readonly numDataBuffers: number;
}

/** Counts what is allocated now. */
export function countTensors(): TensorCount {
  const { numTensors, numDataBuffers } = tf.memory();
  return { numTensors, numDataBuffers };
}

/** Holds when as much is allocated as `before`. @throws AssertionError with both counts. */
export function expectTensorCount(before: TensorCount, times = 1): void {
  const after = countTensors();
  const tensors = after.numTensors - before.numTensors;
  const buffers = after.numDataBuffers - before.numDataBuffers;
  if (tensors === 0 && buffers === 0) return;
  const calls = times === 1 ? '' : ` after ${times} calls`;
  throw new AssertionError(
    `${before.numTensors} tensors in ${before.numDataBuffers} buffers became ${after.numTensors} in ${after.numDataBuffers}${calls}`,
    {},
    expectNoTensorLeak,
  );
}
