import type { Operand, UnsupportedLayer } from '@flatbit/core';
import { weightGeometry } from './geometry.js';
import { open, type LayerVariable } from './layer-internals.js';
import { elementwiseKinds, weightSlots } from './layer-kind.js';
import type { LayerSite } from './walk-layers.js';

/** A weight operand and the variable that holds it. */
export interface WeightSlot {
  readonly operand: Operand;
  /** The layer's property. */
  readonly property: string;
  readonly weight: LayerVariable;
}

/** The operands of one layer. */
export interface LayerOperands {
  readonly site: LayerSite;
  /** One per input slot; a separable convolution has a second one, between its two kernels. */
  readonly activations: readonly Operand[];
  readonly weights: readonly WeightSlot[];
}

/** Operands of a layer; undefined if it has none. */
export function findOperands(site: LayerSite): LayerOperands | undefined {
  const properties = weightSlots[site.kind];
  if (!properties || isDilated(site)) return undefined;
  const common = { layer: site.path, layerKind: site.kind, first: site.first, last: site.last };
  const activations = properties.map((_, index): Operand => {
    // Only the first slot sees the layer's input; the next one is inside the layer.
    const shape = index === 0 ? site.uses[0]!.inputShapes[0]! : innerShape(site);
    const slot = index === 0 ? 'input:0' : 'intermediate:0';
    const channelAxes = [open(site.layer).dataFormat === 'channelsFirst' ? 1 : shape.length - 1];
    return {
      ...common,
      key: `${site.path}/${slot}`,
      slot,
      role: 'activation',
      shape,
      channelAxes,
      ...inside(site, index),
    };
  });
  const weights = properties.map((property, index): WeightSlot => {
    const weight = (site.layer as unknown as Record<string, LayerVariable>)[property]!;
    const geometry = weightGeometry(site, property, weight.shape);
    const operand: Operand = {
      ...common,
      key: `${site.path}/${property}`,
      slot: property,
      role: 'weight',
      shape: weight.shape,
      channelAxes: channelAxes(site.kind, property, weight.shape.length),
      multiplies: activations[index]!.key,
      ...(geometry && { geometry }),
      ...inside(site, index),
    };
    return { operand, property, weight };
  });
  return { site, activations, weights };
}

/** The depthwise half of a separable convolution can be a first layer, its pointwise half a last one. */
function inside(
  { kind, first, last }: LayerSite,
  index: number,
): { readonly first: boolean; readonly last: boolean } {
  return kind === 'separableConv2d'
    ? { first: first && index === 0, last: last && index === 1 }
    : { first, last };
}

function channelAxes(kind: string, property: string, rank: number): readonly number[] {
  if (property === 'depthwiseKernel') return [rank - 2, rank - 1];
  return [kind.endsWith('Transpose') ? rank - 2 : rank - 1];
}

/** Shape between the kernels of a separable convolution: its output's places, its pointwise kernel's input channels. */
function innerShape({ layer, uses }: LayerSite): readonly (number | null)[] {
  const output = uses[0]!.outputShapes[0]!;
  const places = open(layer).dataFormat === 'channelsFirst' ? output.slice(2) : output.slice(1, -1);
  const channels = (layer as unknown as { pointwiseKernel: LayerVariable }).pointwiseKernel.shape.at(-2)!;
  return [output[0]!, ...places, channels];
}

/** Why a layer with weights has no operands; undefined if it has, or holds no weights that are multiplied. */
export function unsupportedReason(site: LayerSite): UnsupportedLayer | undefined {
  const { layer, path, kind } = site;
  if (layer.weights.length === 0 || elementwiseKinds.has(kind)) return undefined;
  if (isDilated(site)) return { layer: path, reason: 'a dilated convolution has no gradient in TF.js' };
  if (kind in weightSlots) return undefined;
  return {
    layer: path,
    reason: `${layer.getClassName()} layers are not quantized; it trains in full precision`,
  };
}

function isDilated({ layer, kind }: LayerSite): boolean {
  if (!(kind in weightSlots)) return false;
  const { dilationRate = 1 } = open(layer);
  return [dilationRate].flat().some((rate) => rate > 1);
}
