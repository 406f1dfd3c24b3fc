import type { OperandGeometry } from '@flatbit/core';
import { open } from './layer-internals.js';
import type { LayerSite } from './walk-layers.js';

type Shape = readonly (number | null)[];

/** Geometry of a weight of `shape`, summed over the uses of its layer; undefined where a size is not known. */
export function weightGeometry(
  site: LayerSite,
  slot: string,
  shape: readonly number[],
): OperandGeometry | undefined {
  const transposed = site.kind.endsWith('Transpose');
  const positions = site.uses
    .map(({ inputShapes, outputShapes, times }) => {
      const size = spatialSize(site, (transposed ? inputShapes : outputShapes)[0]!);
      return size === null || times === null ? null : size * times;
    })
    .reduce<number | null>((sum, size) => (sum === null || size === null ? null : sum + size), 0);
  if (positions === null) return undefined;
  const [inChannels, outChannels] = shape.slice(-2) as [number, number];
  const kernelSize = shape.slice(0, -2);
  if (slot === 'depthwiseKernel') {
    return { kernelSize, inChannels, outChannels: inChannels * outChannels, groups: inChannels, positions };
  }
  if (transposed)
    return { kernelSize, inChannels: outChannels, outChannels: inChannels, groups: 1, positions };
  return { kernelSize, inChannels, outChannels, groups: 1, positions };
}

/** Product of all axes but batch and channels; null if one is open. */
function spatialSize({ layer }: LayerSite, shape: Shape): number | null {
  const spatial = open(layer).dataFormat === 'channelsFirst' ? shape.slice(2) : shape.slice(1, -1);
  return spatial.reduce((product, size) => (product === null || size === null ? null : product * size), 1);
}
