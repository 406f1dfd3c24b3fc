import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { registerWasmKernels } from '@flatbit/kernels';
import { expectClose, expectNoTensorLeak, seededRandom, seededValues } from '@flatbit/testing';

/** Makes an engine the current one, with this package's kernels; suits `before` and `after`. */
export async function useEngine(name: string): Promise<void> {
  registerWasmKernels();
  await tf.setBackend(name);
}

/** What is computed from tensors that `expectSameOnWasm` makes. */
export type Computation = (...operands: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Values in [−1, 1) that depend on the shape and the seed alone. */
export function valuesOf(shape: readonly number[], seed = 1): Float32Array {
  return seededValues(
    seededRandom(seed),
    shape.reduce((size, length) => size * length, 1),
  );
}

/** {@link expectSameOn} `wasm`. */
export async function expectSameOnWasm(
  shapes: readonly (readonly number[])[],
  compute: Computation,
): Promise<void> {
  return expectSameOn('wasm', shapes, compute);
}

/**
 * Holds when an engine computes what the `cpu` engine does, to 1e-4 of the largest value, and keeps no tensor and no memory of
 * its own. Leaves it selected.
 */
export async function expectSameOn(
  engine: string,
  shapes: readonly (readonly number[])[],
  compute: Computation,
): Promise<void> {
  const values = shapes.map((shape, index) => valuesOf(shape, index + 1));
  const run = (): { shape: number[]; data: Float32Array }[] =>
    tf.tidy(() => {
      const operands = values.map((data, index) => tf.tensor(data, [...shapes[index]!]));
      const results = [compute(...operands)].flat();
      return results.map((result) => ({ shape: result.shape, data: result.dataSync<'float32'>() }));
    });
  await useEngine('cpu');
  const expected = run();
  await useEngine(engine);
  const dataIds = tf.backend().numDataIds();
  let actual = run();
  expectNoTensorLeak(() => {
    actual = run();
  });
  if (tf.backend().numDataIds() !== dataIds) {
    throw new Error(`the engine keeps ${tf.backend().numDataIds() - dataIds} data ids`);
  }
  expected.forEach(({ shape, data }, index) => {
    const result = actual[index]!;
    if (String(result.shape) !== String(shape)) {
      throw new Error(`result ${index} has shape [${String(result.shape)}], expected [${String(shape)}]`);
    }
    if (data.length > 0) expectClose(result.data, data, { relative: 1e-4 });
  });
}

/** The value of a function and its gradients with respect to all operands, for an upstream gradient that varies. */
export function withGradients(f: (...operands: tf.Tensor[]) => tf.Tensor): Computation {
  return (...operands) => {
    const value = f(...operands);
    const upstream = tf.tensor(valuesOf(value.shape, 77), value.shape);
    return [value, ...tf.grads(f)(operands, upstream)];
  };
}

/** Runs a check with what it is about in front of the message of its failure. */
export async function inCase(description: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    throw new Error(`${description}: ${(error as Error).message}`, { cause: error });
  }
}
