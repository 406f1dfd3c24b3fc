import type * as tf from '@tensorflow/tfjs';
import { isModel } from './layer-internals.js';
import { layerKind } from './layer-kind.js';

/**
 * Names of the layers of one graph that depend on this graph alone. A layer keeps the name it was given; one that TF.js
 * named, with a number that grows with every model of the process, gets its kind and its place among the layers of that
 * kind: `dense_Dense7` → `dense2`. A number that a given name has taken is skipped.
 */
export function layerNames(layers: readonly tf.layers.Layer[]): ReadonlyMap<tf.layers.Layer, string> {
  const taken = new Set(layers.filter((layer) => !isGenerated(layer)).map(({ name }) => name));
  const ofKind = new Map<string, number>();
  const names = new Map<tf.layers.Layer, string>();
  for (const layer of layers) {
    const kind = layerKind(layer);
    let number = (ofKind.get(kind) ?? 0) + 1;
    ofKind.set(kind, number);
    if (!isGenerated(layer)) {
      names.set(layer, layer.name);
      continue;
    }
    while (taken.has(`${kind}${number}`)) number += 1;
    taken.add(`${kind}${number}`);
    names.set(layer, `${kind}${number}`);
  }
  return names;
}

/** Whether TF.js made the name: `re_lu_ReLU3` of a layer, `sequential_2` or `model2` of a model. */
function isGenerated(layer: tf.layers.Layer): boolean {
  const { name } = layer;
  const className = layer.getClassName();
  if (isModel(layer)) {
    const prefix = className.toLowerCase();
    return name.startsWith(prefix) && /^_?\d+$/.test(name.slice(prefix.length));
  }
  const tail = `_${className}`;
  const at = name.lastIndexOf(tail);
  return (
    at > 0 &&
    name.slice(0, at).replaceAll('_', '') === className.replaceAll('_', '').toLowerCase() &&
    /^\d+$/.test(name.slice(at + tail.length))
  );
}
