import type { RegisteredVariable, VariableRole } from '@flatbit/core';
import { variableOf, type LayerVariable } from './layer-internals.js';
import type { LayerSite } from './walk-layers.js';

/** The variables of a layer, keyed by path: trainable ones with their role, the others as statistics. */
export function findVariables({ layer, path, kind }: LayerSite): readonly RegisteredVariable[] {
  const trainable = layer.trainableWeights as unknown as readonly LayerVariable[];
  const all = layer.weights as unknown as readonly LayerVariable[];
  const keys = uniqueKeys(all.map((weight) => `${path}/${weightName(weight)}`));
  return all.map((weight, index) => {
    const role = roleOf(kind, weightName(weight));
    const gradient = trainable.includes(weight) && role !== 'statistic' ? 'update' : 'none';
    return { key: keys[index]!, role, owner: 'model', gradient, variable: variableOf(weight) };
  });
}

/** `stage1/conv/depthwise_kernel` → `depthwiseKernel`. */
function weightName({ originalName }: LayerVariable): string {
  const name = originalName.split('/').at(-1)!;
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function roleOf(kind: string, name: string): VariableRole {
  if (name.startsWith('moving')) return 'statistic';
  if (/kernel$/i.test(name) || name === 'embeddings') return 'weight';
  if (name === 'bias') return 'bias';
  const normalizes = kind === 'batchNormalization' || kind === 'layerNormalization';
  if (normalizes && name === 'gamma') return 'batchNormScale';
  if (normalizes && name === 'beta') return 'batchNormOffset';
  return 'other';
}

/** A wrapper may hold two weights of one name: the second gets a number. */
function uniqueKeys(keys: readonly string[]): readonly string[] {
  return keys.map((key, index) => {
    const earlier = keys.slice(0, index).filter((other) => other === key).length;
    return earlier === 0 ? key : `${key}:${earlier}`;
  });
}
