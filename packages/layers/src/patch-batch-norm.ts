import {
  cloneNormOutput,
  trainingBatchNorm,
  type Activation,
  type TrainingBatchNorm,
} from '@flatbit/kernels';
import * as tf from '@tensorflow/tfjs';
import type { ActivePass } from './active-pass.js';
import type { BatchStatistics, MovingStatistics } from './batch-statistics.js';
import { variableOf, type LayerVariable } from './layer-internals.js';
import { patchCall, single } from './lend.js';
import type { LayerSite } from './walk-layers.js';

interface BatchNorm {
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly gamma?: LayerVariable | null;
  readonly beta?: LayerVariable | null;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

/** How the moving variance is estimated: `unbiased` divides by n − 1, as PyTorch and fused kernels do. */
export type VarianceEstimate = 'unbiased' | 'biased';

export interface BatchNormPatch {
  readonly statistics: BatchStatistics;
  readonly estimate: VarianceEstimate;
  /** What the batch norm does in the place of the layer behind it, see {@link patchActivation}. */
  readonly activation?: Activation | undefined;
}

/** Makes a batch norm hand its statistics over instead of writing them. Returns the undo. */
export function patchBatchNorm(
  { layer }: Pick<LayerSite, 'layer'>,
  { statistics, estimate, activation }: BatchNormPatch,
  active: () => ActivePass | undefined,
): () => void {
  const norm = layer as unknown as BatchNorm;
  const moving: MovingStatistics = {
    mean: variableOf(norm.movingMean),
    variance: variableOf(norm.movingVariance),
    momentum: norm.momentum,
  };
  return patchCall(layer, (original) => (inputs, kwargs) => {
    const running = active();
    if (!running) return original(inputs, kwargs);
    if (!normalisesByBatch(running, statistics)) return original(inputs, { ...kwargs, training: false });
    const x = single(inputs);
    // No tidy: the mean and the variance may be wanted as long as the output.
    const { output, mean, variance } = normalise(norm, x, activation);
    const count = x.size / mean.size;
    const bessel = estimate === 'unbiased' ? count / Math.max(1, count - 1) : 1;
    statistics.gather(running.pass.phase, moving, mean, bessel === 1 ? variance : variance.mul(bessel));
    return output;
  });
}

/** Makes an activation let through what the batch norm in front of it has already clipped. Returns the undo. */
export function patchActivation(
  layer: tf.layers.Layer,
  statistics: BatchStatistics,
  active: () => ActivePass | undefined,
): () => void {
  return patchCall(layer, (original) => (inputs, kwargs) => {
    const running = active();
    if (!running || !normalisesByBatch(running, statistics)) return original(inputs, kwargs);
    // Else the layer would clone what it has been given.
    return cloneNormOutput(single(inputs));
  });
}

/** By its own statistics; otherwise the moving ones normalise, in the stock layer. */
function normalisesByBatch({ pass }: ActivePass, statistics: BatchStatistics): boolean {
  return !pass.inference && !statistics.frozen;
}

/** The kernel normalises the last axis; another one is moved there and back. */
function normalise(norm: BatchNorm, x: tf.Tensor, activation?: Activation): TrainingBatchNorm {
  const axis = norm.axis < 0 ? norm.axis + x.rank : norm.axis;
  const scale = norm.gamma?.read() as tf.Tensor1D | undefined;
  const offset = norm.beta?.read() as tf.Tensor1D | undefined;
  const options = { scale, offset, epsilon: norm.epsilon, activation };
  if (axis === x.rank - 1) return trainingBatchNorm(x, options);
  const there = x.shape.map((_, index) => index).filter((index) => index !== axis);
  there.push(axis);
  const back = x.shape.map((_, index) => there.indexOf(index));
  const { output, mean, variance } = trainingBatchNorm(tf.transpose(x, there), options);
  return { output: tf.transpose(output, back), mean, variance };
}
