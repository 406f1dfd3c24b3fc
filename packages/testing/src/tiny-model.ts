import type { Operand, RegisteredVariable, TrainableModel, VariableRole } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import { seededRandom, seededValues } from './seeded-random.js';

export interface TinyModelOptions {
  /** Of the first weights; 1 unless given. */
  readonly seed?: number;
}

const EPSILON = 1e-5;
const MOMENTUM = 0.9;

let models = 0;

/**
 * A network written by hand, without `tf.LayersModel`: `[batch, 4]` → dense 3 → batch norm → ReLU → dense 2 → logits
 * `[batch, 2]`. It owns its variables: `dispose` frees them.
 */
export function tinyModel({ seed = 1 }: TinyModelOptions = {}): TrainableModel {
  const prefix = `tiny${(models += 1)}`;
  const random = seededRandom(seed);
  const registered: RegisteredVariable[] = [];
  const make = (key: string, role: VariableRole, shape: number[], fill?: number) => {
    const gradient = role === 'statistic' ? 'none' : 'update';
    const size = shape.reduce((product, length) => product * length, 1);
    const values = fill === undefined ? seededValues(random, size) : new Float32Array(size).fill(fill);
    const variable = tf.tidy(() =>
      tf.variable(tf.tensor(values, shape), gradient === 'update', `${prefix}/${key}`),
    );
    registered.push({ key, role, owner: 'model', gradient, variable });
    return variable;
  };
  const kernel1 = make('dense1/kernel', 'weight', [4, 3]);
  const bias1 = make('dense1/bias', 'bias', [3], 0);
  const scale = make('batchNorm/scale', 'batchNormScale', [3], 1);
  const offset = make('batchNorm/offset', 'batchNormOffset', [3], 0);
  const movingMean = make('batchNorm/movingMean', 'statistic', [3], 0);
  const movingVariance = make('batchNorm/movingVariance', 'statistic', [3], 1);
  const kernel2 = make('dense2/kernel', 'weight', [3, 2]);
  const bias2 = make('dense2/bias', 'bias', [2], 0);
  const [input1, weight1] = denseOperands('dense1', 4, 3, { first: true, last: false });
  const [input2, weight2] = denseOperands('dense2', 3, 2, { first: false, last: true });

  let gathered: { readonly mean: tf.Tensor; readonly variance: tf.Tensor } | undefined;
  const discard = () => {
    if (gathered) tf.dispose([gathered.mean, gathered.variance]);
    gathered = undefined;
  };
  const normalize = (value: tf.Tensor, gather: boolean, inference: boolean) => {
    if (inference) return standardize(value, movingMean, movingVariance);
    const { mean, variance } = tf.moments(value, 0);
    if (gather) {
      discard();
      const [batch] = value.shape;
      const unbiased = tf.tidy(() => variance.mul(batch! / Math.max(batch! - 1, 1)));
      gathered = { mean: tf.keep(mean.clone()), variance: tf.keep(unbiased) };
    }
    return standardize(value, mean, variance);
  };

  return {
    operands: [input1, weight1, input2, weight2],
    variables: registered,
    unsupported: [],
    forward([input], { phase, inference }, read) {
      const hidden = tf.matMul<tf.Tensor2D>(read(input1, input!), read(weight1, kernel1)).add(bias1);
      const normal = normalize(hidden, phase === 'clean', inference)
        .mul(scale)
        .add(offset);
      return [tf.matMul<tf.Tensor2D>(read(input2, normal.relu()), read(weight2, kernel2)).add(bias2)];
    },
    penalties: () => [],
    moveStatistics(healthy) {
      if (!gathered) return;
      const { mean, variance } = gathered;
      tf.tidy(() => {
        move(movingMean, mean, healthy);
        move(movingVariance, variance, healthy);
      });
      discard();
    },
    discardStatistics: discard,
    dispose() {
      discard();
      for (const { variable } of registered) variable.dispose();
    },
  };
}

/** `(x − mean) / √(variance + ε)`, per column. */
function standardize(value: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor): tf.Tensor {
  return value.sub(mean).div(variance.add(EPSILON).sqrt());
}

function move(moving: tf.Variable, batch: tf.Tensor, healthy: tf.Scalar): void {
  const moved = moving.mul(MOMENTUM).add(batch.mul(1 - MOMENTUM));
  moving.assign(tf.where(healthy, moved, moving));
}

function denseOperands(
  layer: string,
  inChannels: number,
  outChannels: number,
  place: Pick<Operand, 'first' | 'last'>,
): readonly [Operand, Operand] {
  const common = { layer, layerKind: 'dense', ...place };
  const input: Operand = {
    ...common,
    key: `${layer}/input:0`,
    slot: 'input:0',
    role: 'activation',
    shape: [null, inChannels],
    channelAxes: [1],
  };
  const kernel: Operand = {
    ...common,
    key: `${layer}/kernel`,
    slot: 'kernel',
    role: 'weight',
    shape: [inChannels, outChannels],
    channelAxes: [1],
    multiplies: input.key,
    geometry: { kernelSize: [], inChannels, outChannels, groups: 1, positions: 1 },
  };
  return [input, kernel];
}
