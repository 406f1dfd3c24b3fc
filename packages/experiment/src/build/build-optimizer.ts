import type { Optimizer, VariableRole } from '@flatbit/core';
import { adam, sgd } from '@flatbit/optimizers';
import type { ExperimentSettings } from '../schema/experiment.js';
import { wildcard } from './wildcard.js';

const clips: readonly VariableRole[] = ['weightClip', 'activationClip'];

/** The optimizer of an experiment. A rate for clip values is one more group, behind the given ones. */
export function buildOptimizer({ optimizer }: ExperimentSettings): Optimizer {
  const { clipLearningRate: learningRate } = optimizer;
  const clipGroup = learningRate === undefined ? [] : [{ roles: clips, learningRate }];
  return optimizer.name === 'adam'
    ? adam({ ...optimizer, groups: [...optimizer.groups.map(withPattern), ...clipGroup] })
    : sgd({ ...optimizer, groups: [...optimizer.groups.map(withPattern), ...clipGroup] });
}

function withPattern<Group extends { readonly keys?: string | readonly string[] }>(
  group: Group,
): Omit<Group, 'keys'> & { readonly keys?: RegExp | readonly string[] } {
  const { keys, ...rest } = group;
  if (keys === undefined) return rest;
  return { ...rest, keys: typeof keys === 'string' ? wildcard(keys) : keys };
}
