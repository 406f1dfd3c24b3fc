import {
  createTraining,
  OperandStage,
  type Batch,
  type Operand,
  type RegisteredVariable,
  type TrainableModel,
  type Training,
  type TrainingPlugin,
} from '@flatbit/core';
import { plainSgd } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

let made = 0;

/** `½·‖read(w)‖² + ½·‖b‖²` plus `½·decay·(‖w‖² + ‖b‖²)` as a regularizer: the gradient at each place is the value there. */
export function quadratic(weight: number[], bias: number[], decay = 0): TrainableModel {
  const prefix = `quadratic${(made += 1)}`;
  const variable = (key: string, role: RegisteredVariable['role'], values: number[]): RegisteredVariable => ({
    key,
    role,
    owner: 'model',
    gradient: 'update',
    variable: tf.variable(tf.tensor1d(values), true, `${prefix}/${key}`),
  });
  const w = variable('layer/kernel', 'weight', weight);
  const b = variable('layer/bias', 'bias', bias);
  const operand: Operand = {
    key: 'layer/kernel',
    layer: 'layer',
    layerKind: 'dense',
    slot: 'kernel',
    role: 'weight',
    shape: [weight.length],
    channelAxes: [0],
    first: true,
    last: true,
  };
  return {
    operands: [operand],
    variables: [w, b],
    unsupported: [],
    forward: (_, __, read) => [tf.concat([read(operand, w.variable), b.variable])],
    penalties: () =>
      decay === 0
        ? []
        : [w, b].map(
            ({ variable: p }) =>
              p
                .square()
                .sum()
                .mul(decay / 2) as tf.Scalar,
          ),
    moveStatistics() {},
    discardStatistics() {},
    dispose: () => tf.dispose([w.variable, b.variable]),
  };
}

export const emptyBatch: Batch = { inputs: [], targets: [], size: 1 };

/** Trains the quadratic by plain gradient descent at rate 1: the update is the gradient of the last pass. */
export function quadraticTraining(
  model: TrainableModel,
  plugins: readonly TrainingPlugin[],
  warn = () => {},
): Training {
  return createTraining({
    model,
    loss: ([output]) => output!.square().sum().div(2) as tf.Scalar,
    optimizer: plainSgd(1),
    plugins,
    warn,
  });
}

/** Rounds weights to multiples of `step` and clips them to ±1, straight through inside the range. */
export function gridPlugin(step: number): TrainingPlugin {
  const round = tf.customGrad((...args) => {
    const [x, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([x]);
    return {
      value: x.clipByValue(-1, 1).div(step).round().mul(step),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => dy.mul(saved[0]!.abs().lessEqual(1).toFloat()),
    };
  });
  return {
    name: 'grid',
    apply: ({ operand }) =>
      void operand.tap({ name: 'grid', stage: OperandStage.quantize }, (value) => round(value)),
  };
}

/** What ε was in the last perturbed pass, as `read(w)` saw it, and b as it stood there. */
export function watchPerturbed(): TrainingPlugin & { readonly seen: { weight: number[]; bias: number[] } } {
  const seen = { weight: [] as number[], bias: [] as number[] };
  let biasVariable: tf.Variable | undefined;
  return {
    name: 'watch',
    seen,
    apply(hooks) {
      hooks.prepare.tap(
        'watch',
        (_, variables) => void (biasVariable = variables.get('layer/bias')!.variable),
      );
      hooks.operand.tap({ name: 'watch', stage: OperandStage.observe }, (value, _, { phase }) => {
        if (phase === 'perturbed') {
          seen.weight = [...value.dataSync()];
          seen.bias = [...biasVariable!.dataSync()];
        }
        return value;
      });
    },
  };
}
