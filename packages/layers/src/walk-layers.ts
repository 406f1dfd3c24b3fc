import type * as tf from '@tensorflow/tfjs';
import { graphOf, isModel, nodesOf, type GraphNode, type OpenGraph } from './layer-internals.js';
import { layerKind, weightSlots } from './layer-kind.js';

/** A layer, where it is, and how it is used. */
export interface LayerSite {
  readonly layer: tf.layers.Layer;
  /** Names of the nested models that lead to it and its own, joined by `/`. */
  readonly path: string;
  readonly kind: string;
  /** One per use. A nested model that is used twice uses each of its layers twice. */
  readonly calls: readonly GraphNode[];
  /** Fed by a model input, through layers without operands at most. */
  readonly first: boolean;
  /** Its output is a model output, through layers without operands at most. */
  readonly last: boolean;
}

/** Every layer of a model, nested ones included, in graph order; a layer that is shared appears once. */
export function walkLayers(model: tf.LayersModel): readonly LayerSite[] {
  const sites = new Map<tf.layers.Layer, LayerSite>();
  visit(
    model,
    '',
    1,
    () => true,
    () => true,
    sites,
  );
  return [...sites.values()];
}

type EndTest = (index: number) => boolean;

/** `fed` and `read` say which inputs of this graph are model inputs, and which of its outputs model outputs. */
function visit(
  model: tf.LayersModel,
  prefix: string,
  uses: number,
  fed: EndTest,
  read: EndTest,
  sites: Map<tf.layers.Layer, LayerSite>,
): void {
  const graph = graphOf(model);
  const firsts = layersFed(graph, fed);
  const lasts = layersRead(graph, read);
  for (const layer of graph.layers) {
    if (layer.getClassName() === 'InputLayer') continue;
    const path = prefix + layer.name;
    const nodes = nodesOf(layer, graph);
    if (isModel(layer)) {
      const inner = graphOf(layer);
      const innerFed = (index: number) =>
        nodes.some(
          ({ inputTensors }) => inputTensors[index] !== undefined && isFed(inputTensors[index], graph, fed),
        );
      const innerRead = (index: number) => lasts.has(layer) && index < inner.outputs.length;
      visit(layer, `${path}/`, uses * nodes.length, innerFed, innerRead, sites);
      continue;
    }
    const calls = Array.from({ length: uses }, () => nodes).flat();
    const known = sites.get(layer);
    sites.set(layer, {
      layer,
      path: known?.path ?? path,
      kind: layerKind(layer),
      calls: [...(known?.calls ?? []), ...calls],
      first: firsts.has(layer) || (known?.first ?? false),
      last: lasts.has(layer) || (known?.last ?? false),
    });
  }
}

/** Whether a layer, or a layer inside it, multiplies with weights. */
function holdsOperands(layer: tf.layers.Layer): boolean {
  return isModel(layer) ? graphOf(layer).layers.some(holdsOperands) : layerKind(layer) in weightSlots;
}

function isFed(tensor: tf.SymbolicTensor, graph: OpenGraph, fed: EndTest): boolean {
  const input = graph.inputs.indexOf(tensor);
  if (input >= 0) return fed(input);
  const source = tensor.sourceLayer;
  if (holdsOperands(source)) return false;
  const node = nodesOf(source, graph)[tensor.nodeIndex] ?? nodesOf(source, graph)[0];
  return node?.inputTensors.some((upstream) => isFed(upstream, graph, fed)) ?? false;
}

function layersFed(graph: OpenGraph, fed: EndTest): ReadonlySet<tf.layers.Layer> {
  return new Set(
    graph.layers.filter((layer) =>
      nodesOf(layer, graph).some(({ inputTensors }) =>
        inputTensors.some((tensor) => isFed(tensor, graph, fed)),
      ),
    ),
  );
}

function layersRead(graph: OpenGraph, read: EndTest): ReadonlySet<tf.layers.Layer> {
  const found = new Set<tf.layers.Layer>();
  const seen = new Set<tf.SymbolicTensor>();
  const follow = (tensor: tf.SymbolicTensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    const source = tensor.sourceLayer;
    if (holdsOperands(source)) {
      found.add(source);
      return;
    }
    for (const { inputTensors } of nodesOf(source, graph)) inputTensors.forEach(follow);
  };
  graph.outputs.filter((_, index) => read(index)).forEach(follow);
  return found;
}
