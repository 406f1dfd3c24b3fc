import type { Activation } from '@flatbit/kernels';
import type * as tf from '@tensorflow/tfjs';
import { graphOf, isModel, nodesOf, type OpenGraph } from './layer-internals.js';
import { layerKind } from './layer-kind.js';
import { walkLayers } from './walk-layers.js';

/** An activation that reads nothing but a batch norm, which nothing else reads: the two can be one op. */
export interface NormActivation {
  readonly norm: tf.layers.Layer;
  readonly layer: tf.layers.Layer;
  readonly activation: Activation;
}

/**
 * Every batch norm of a model, and of the models in it, that an activation follows alone. A layer that has two places in them is
 * left: what follows it in one need not follow it in the other.
 */
export function findNormActivations(model: tf.LayersModel): readonly NormActivation[] {
  const once = new Set(
    walkLayers(model)
      .filter(({ uses }) => uses.length === 1)
      .map(({ layer }) => layer),
  );
  return activatedNorms(graphOf(model)).filter(({ norm, layer }) => once.has(norm) && once.has(layer));
}

function activatedNorms(graph: OpenGraph): readonly NormActivation[] {
  return graph.layers.flatMap((layer) => {
    if (isModel(layer)) return activatedNorms(graphOf(layer));
    return layerKind(layer) === 'batchNormalization' ? (followed(layer, graph) ?? []) : [];
  });
}

function followed(norm: tf.layers.Layer, graph: OpenGraph): NormActivation | undefined {
  const readers = graph.layers.filter((layer) => reads(layer, norm, graph));
  const [layer] = readers;
  if (!layer || readers.length > 1 || graph.outputs.some(({ sourceLayer }) => sourceLayer === norm))
    return undefined;
  const activation = activationOf(layer);
  return activation && { norm, layer, activation };
}

function reads(layer: tf.layers.Layer, source: tf.layers.Layer, graph: OpenGraph): boolean {
  return nodesOf(layer, graph).some(({ inputTensors }) =>
    inputTensors.some(({ sourceLayer }) => sourceLayer === source),
  );
}

/** The range that a layer clips to; undefined if it does something else. */
function activationOf(layer: tf.layers.Layer): Activation | undefined {
  const { activation, maxValue, threshold, negativeSlope } = layer.getConfig();
  switch (layerKind(layer)) {
    case 'reLU':
      if (threshold || negativeSlope) return undefined;
      return { low: 0, high: typeof maxValue === 'number' ? maxValue : Infinity };
    case 'activation':
      return activation === 'relu' ? { low: 0, high: Infinity } : undefined;
    default:
      return undefined;
  }
}
