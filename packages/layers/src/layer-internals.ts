import type * as tf from '@tensorflow/tfjs';

/** A variable as tfjs-layers holds it. */
export interface LayerVariable {
  readonly originalName: string;
  readonly shape: readonly number[];
  read(): tf.Tensor;
  write(value: tf.Tensor): unknown;
}

/** One use of a layer in a graph. */
export interface GraphNode {
  readonly inputTensors: readonly tf.SymbolicTensor[];
  readonly inputShapes: readonly (readonly (number | null)[])[];
  readonly outputShapes: readonly (readonly (number | null)[])[];
}

export type LayerCall = (
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: Record<string, unknown>,
) => tf.Tensor | tf.Tensor[];

/** What tfjs-layers has on a layer and does not declare, or declares protected. Everything we reach into is listed here. */
export interface OpenLayer {
  call: LayerCall;
  readonly inboundNodes: readonly GraphNode[];
  readonly dataFormat?: 'channelsFirst' | 'channelsLast';
  readonly dilationRate?: number | readonly number[];
  readonly activation?: { apply(value: tf.Tensor): tf.Tensor } | null;
  readonly bias?: LayerVariable | null;
  readonly strides?: [number, number];
  readonly padding?: 'same' | 'valid';
  seed?: unknown;
}

/** The same of a graph of layers. */
export interface OpenGraph {
  readonly layers: readonly tf.layers.Layer[];
  readonly inputs: readonly tf.SymbolicTensor[];
  readonly outputs: readonly tf.SymbolicTensor[];
  /** `layer name` + `_ib-` + index of each node that belongs to the graph. */
  readonly containerNodes: ReadonlySet<string>;
}

export function open(layer: tf.layers.Layer): OpenLayer {
  return layer as unknown as OpenLayer;
}

/** The graph of a model; a `Sequential` keeps it in a model of its own, which it makes when it is first used. */
export function graphOf(model: tf.LayersModel): OpenGraph {
  const sequential = model as unknown as { model?: OpenGraph };
  if (model.getClassName() === 'Sequential' && !sequential.model) model.build(model.inputs[0]!.shape);
  return sequential.model ?? (model as unknown as OpenGraph);
}

/** Whether a layer is itself a model. */
export function isModel(layer: tf.layers.Layer): layer is tf.LayersModel & tf.layers.Layer {
  return Array.isArray((layer as { layers?: unknown }).layers);
}

/** Those uses of a layer that belong to `graph`. */
export function nodesOf(layer: tf.layers.Layer, graph: OpenGraph): readonly GraphNode[] {
  return open(layer).inboundNodes.filter((_, index) => graph.containerNodes.has(`${layer.name}_ib-${index}`));
}

/** The TF.js variable behind a layer's weight. */
export function variableOf(weight: LayerVariable): tf.Variable {
  return weight.read() as tf.Variable;
}
