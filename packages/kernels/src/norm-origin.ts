import type * as tf from '@tensorflow/tfjs';
import type { Activation } from './fused-kernels.js';

/** A batch normalisation that a tensor is the output of. */
export interface NormOrigin {
  readonly inputs: {
    readonly x: tf.Tensor;
    readonly scale: tf.Tensor1D;
    readonly offset: tf.Tensor1D;
    readonly mean: tf.Tensor1D;
    readonly variance: tf.Tensor1D;
  };
  readonly attributes: Activation & { readonly epsilon: number };
}

/** By the data, which a clone shares. */
const origins = new WeakMap<object, NormOrigin>();

/** Remembers where an output comes from, as long as its data lives. */
export function rememberNorm(output: tf.Tensor, origin: NormOrigin): void {
  origins.set(output.dataId, origin);
}

/**
 * The batch normalisation whose output a tensor is, while what went into it is there: an op behind it can then take its
 * gradient straight to x, and the gradient of the output itself is never written out.
 */
export function normOrigin(value: tf.Tensor): NormOrigin | undefined {
  const origin = origins.get(value.dataId);
  return origin && Object.values(origin.inputs).every((input) => !(input as tf.Tensor).isDisposed)
    ? origin
    : undefined;
}
