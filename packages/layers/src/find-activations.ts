import type { Activation } from '@flatbit/kernels';
import type * as tf from '@tensorflow/tfjs';
import { graphOf, isModel, nodesOf, type OpenGraph } from './layer-internals.js';
import { layerKind } from './layer-kind.js';

/** An activation that reads nothing but a batch norm, which nothing else reads: the two can be one op. */
export interface NormActivation {
  readonly norm: tf.layers.Layer;
  readonly layer: tf.layers.Layer;
  readonly activation: Activation;
}

/** Every batch norm of a model, and of the models in it, that an activation follows alone. Layers that are used twice are left. */
export function findNormActivations(model: tf.LayersModel): readonly NormActivation[] {
  const graph = graphOf(model);
  return graph.layers.flatMap((layer) => {
    if (isModel(layer)) return findNormActivations(layer);
    return layerKind(layer) === 'batchNormalization' ? (followed(layer, graph) ?? []) : [];
  });
}

function followed(norm: tf.layers.Layer, graph: OpenGraph): NormActivation | undefined {
  const readers = graph.layers.filter((layer) => reads(layer, norm, graph));
  const [layer] = readers;
  if (!layer || readers.length > 1 || graph.outputs.some(({ sourceLayer }) => sourceLayer === norm))
    return undefined;
  if (!usedOnce(norm) || !usedOnce(layer)) return undefined;
  const activation = activationOf(layer);
  return activation && { norm, layer, activation };
}

function reads(layer: tf.layers.Layer, source: tf.layers.Layer, graph: OpenGraph): boolean {
  return nodesOf(layer, graph).some(({ inputTensors }) =>
    inputTensors.some(({ sourceLayer }) => sourceLayer === source),
  );
}

/** In any graph: a layer may be shared with another model. */
function usedOnce(layer: tf.layers.Layer): boolean {
  return (layer as unknown as { inboundNodes: readonly object[] }).inboundNodes.length === 1;
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
