import type { Batch, BatchSource } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import { seededRandom, seededValues } from './seeded-random.js';

export interface TinyBatchesOptions {
  /** Of the examples and of their order in each epoch; 1 unless given. */
  readonly seed?: number;
  /** In one epoch; 24 unless given. */
  readonly examples?: number;
  /** 8 unless given; the last batch is smaller where it does not divide `examples`. */
  readonly batchSize?: number;
}

/** Batches for {@link tinyModel}: inputs `[batch, 4]`, labels int32 `[batch]` of two classes that a line separates. */
export function tinyBatches({
  seed = 1,
  examples = 24,
  batchSize = 8,
}: TinyBatchesOptions = {}): BatchSource {
  const inputs = seededValues(seededRandom(seed), examples * 4);
  const stepsPerEpoch = Math.ceil(examples / batchSize);
  return {
    examples,
    stepsPerEpoch,
    *batches({ epoch, step = 0 }) {
      const order = shuffled(examples, seededRandom(seed + 1000 * (epoch + 1)));
      for (let at = step * batchSize; at < examples; at += batchSize) {
        yield batchOf(inputs, order.slice(at, at + batchSize));
      }
    },
  };
}

function batchOf(inputs: Float32Array, chosen: readonly number[]): Batch {
  const values = new Float32Array(4 * chosen.length);
  chosen.forEach((example, row) => values.set(inputs.subarray(4 * example, 4 * example + 4), 4 * row));
  const labels = chosen.map((_, row) => labelOf(values.subarray(4 * row)));
  return {
    inputs: [tf.tensor2d(values, [chosen.length, 4])],
    targets: [tf.tensor1d(labels, 'int32')],
    size: chosen.length,
  };
}

function labelOf([a, b, c, d]: Float32Array): number {
  return a! + b! - c! + 0.5 * d! > 0 ? 1 : 0;
}

/** Fisher and Yates. */
function shuffled(count: number, random: () => number): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
