import type * as tf from '@tensorflow/tfjs';
import { graphOf, isModel, nodesOf, type OpenGraph } from './layer-internals.js';
import { layerKind, weightSlots } from './layer-kind.js';
import { layerNames } from './layer-names.js';
import { wrappedLayers } from './wrapped-layers.js';

/** One way in which a layer is used. */
export interface LayerUse {
  readonly inputShapes: readonly (readonly (number | null)[])[];
  readonly outputShapes: readonly (readonly (number | null)[])[];
  /** How often per pass; null where the number of time steps is open. */
  readonly times: number | null;
}

/** A layer, where it is, and how it is used. */
export interface LayerSite {
  readonly layer: tf.layers.Layer;
  /** Names of the nested models and wrappers that lead to it and its own, joined by `/`. */
  readonly path: string;
  readonly kind: string;
  readonly uses: readonly LayerUse[];
  /** Fed by a model input, through layers without operands at most. */
  readonly first: boolean;
  /** Its output is a model output, through layers without operands at most. */
  readonly last: boolean;
}

/** Every layer of a model, those in nested models and wrappers included, in graph order; a layer that is shared appears once. */
export function walkLayers(model: tf.LayersModel): readonly LayerSite[] {
  const sites = new Map<tf.layers.Layer, LayerSite>();
  const ends = { fed: () => true, read: () => true };
  visitGraph(model, { prefix: '', times: 1, ...ends }, sites);
  return [...sites.values()];
}

type EndTest = (index: number) => boolean;

/** Where a graph is. */
interface GraphPlace {
  readonly prefix: string;
  readonly times: number | null;
  /** Which inputs of the graph are model inputs. */
  readonly fed: EndTest;
  /** Which of its outputs are model outputs. */
  readonly read: EndTest;
}

type LayerPlace = Omit<LayerSite, 'layer' | 'kind'> & Pick<GraphPlace, 'fed'>;

function visitGraph(
  model: tf.LayersModel,
  { prefix, times, fed, read }: GraphPlace,
  sites: Map<tf.layers.Layer, LayerSite>,
): void {
  const graph = graphOf(model);
  const firsts = layersFed(graph, fed);
  const lasts = layersRead(graph, read);
  const names = layerNames(graph.layers);
  for (const layer of graph.layers) {
    if (layer.getClassName() === 'InputLayer') continue;
    const nodes = nodesOf(layer, graph);
    const place: LayerPlace = {
      path: prefix + names.get(layer)!,
      uses: nodes.map(({ inputShapes, outputShapes }) => ({ inputShapes, outputShapes, times })),
      first: firsts.has(layer),
      last: lasts.has(layer),
      fed: (index) =>
        nodes.some(
          ({ inputTensors }) => inputTensors[index] !== undefined && isFed(inputTensors[index], graph, fed),
        ),
    };
    visitLayer(layer, place, sites);
  }
}

function visitLayer(layer: tf.layers.Layer, place: LayerPlace, sites: Map<tf.layers.Layer, LayerSite>): void {
  const { path, uses, first, last, fed } = place;
  if (isModel(layer)) {
    const times = uses.reduce<number | null>(
      (sum, use) => (sum === null || use.times === null ? null : sum + use.times),
      0,
    );
    visitGraph(layer, { prefix: `${path}/`, times, fed, read: () => last }, sites);
    return;
  }
  const wrapped = wrappedLayers(layer);
  for (const { layer: inner, name, use } of wrapped)
    visitLayer(inner, { ...place, path: `${path}/${name}`, uses: uses.map(use) }, sites);
  if (wrapped.length > 0) return;
  const known = sites.get(layer);
  sites.set(layer, {
    layer,
    path: known?.path ?? path,
    kind: layerKind(layer),
    uses: [...(known?.uses ?? []), ...uses],
    first: first || (known?.first ?? false),
    last: last || (known?.last ?? false),
  });
}

/** Whether a layer, or a layer inside it, multiplies with weights. */
function holdsOperands(layer: tf.layers.Layer): boolean {
  if (isModel(layer)) return graphOf(layer).layers.some(holdsOperands);
  return layerKind(layer) in weightSlots || wrappedLayers(layer).some((inner) => holdsOperands(inner.layer));
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
