import type * as tf from '@tensorflow/tfjs';
import { open, type LayerCall, type LayerVariable } from './layer-internals.js';

/** Runs `body` while `weight.read()` answers `value`; saving a model never meets it, because it reads outside. */
export function lendRead<T>(weight: LayerVariable, value: tf.Tensor, body: () => T): T {
  const own = Object.getOwnPropertyDescriptor(weight, 'read');
  weight.read = () => value;
  try {
    return body();
  } finally {
    if (own) Object.defineProperty(weight, 'read', own);
    else delete (weight as Partial<LayerVariable>).read;
  }
}

/** Replaces a layer's `call`, given the one it had; returns the function that gives that one back. */
export function patchCall(layer: tf.layers.Layer, replace: (original: LayerCall) => LayerCall): () => void {
  const target = open(layer);
  const own = Object.getOwnPropertyDescriptor(target, 'call');
  const original = target.call.bind(layer);
  target.call = replace(original);
  return () => {
    if (own) Object.defineProperty(target, 'call', own);
    else delete (target as Partial<typeof target>).call;
  };
}

/** The only tensor of a layer's inputs. */
export function single(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}
