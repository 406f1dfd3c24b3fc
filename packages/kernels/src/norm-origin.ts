import * as tf from '@tensorflow/tfjs';
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

/** The tape that an output is on, and how deep: inside a gradient that is taken inside another, both write to one tape. */
interface Recording {
  readonly tape: object;
  readonly depth: number;
}

interface Remembered extends Recording {
  readonly origin: NormOrigin;
}

/** By the tensor, not its data: a clone shares that, and may stand for an op with a gradient of its own. */
const origins = new WeakMap<tf.Tensor, Remembered>();

/** Remembers where an output comes from, for the gradient that is being recorded. */
export function rememberNorm(output: tf.Tensor, origin: NormOrigin): void {
  const recording = currentRecording();
  if (recording) origins.set(output, { ...recording, origin });
}

/**
 * The batch normalisation whose output a tensor is, while both are on the tape that is being recorded and what went into it is there:
 * an op behind it can then take its gradient straight to x, and the gradient of the output itself is never written out.
 */
export function normOrigin(value: tf.Tensor): NormOrigin | undefined {
  const remembered = origins.get(value);
  const recording = currentRecording();
  if (!remembered || remembered.tape !== recording?.tape || remembered.depth !== recording.depth)
    return undefined;
  const { origin } = remembered;
  return Object.values(origin.inputs).every((input) => !(input as tf.Tensor).isDisposed) ? origin : undefined;
}

/** A clone, such as a layer that changes nothing returns; it is known to come from the same batch normalisation. */
export function cloneNormOutput(value: tf.Tensor): tf.Tensor {
  const clone = value.clone();
  const origin = normOrigin(value);
  if (origin) rememberNorm(clone, origin);
  return clone;
}

function currentRecording(): Recording | undefined {
  const { activeTape, gradientDepth } = tf.engine().state;
  return gradientDepth > 0 ? { tape: activeTape, depth: gradientDepth } : undefined;
}
