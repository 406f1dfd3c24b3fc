import {
  createTraining,
  meanSquaredError,
  type Operand,
  type RegisteredVariable,
  type TrainableModel,
  type Training,
  type TrainingOptions,
} from '@flatbit/core';
import { plainSgd } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

export interface LineOptions {
  /** The one weight; 3 unless given. */
  readonly weight?: number;
  /** Adds `penalty·w²` to the loss. */
  readonly penalty?: number;
}

const common = { layer: 'line', layerKind: 'dense', channelAxes: [0], first: true, last: true } as const;

export const inputOperand: Operand = {
  ...common,
  key: 'line/input:0',
  slot: 'input:0',
  role: 'activation',
  shape: [null],
};

export const kernelOperand: Operand = {
  ...common,
  key: 'line/kernel',
  slot: 'kernel',
  role: 'weight',
  shape: [],
  multiplies: 'line/input:0',
};

let lines = 0;

/** `y = w·x`, one weight; under the mean squared error with t = 0 and x = 1 the loss is `w²`. A second weight is never used. */
export function lineModel({ weight = 3, penalty }: LineOptions = {}): TrainableModel {
  const prefix = `line${(lines += 1)}`;
  const make = (key: string, value: number): RegisteredVariable => {
    const variable = tf.tidy(() => tf.variable(tf.scalar(value), true, `${prefix}/${key}`));
    return { key, role: 'weight', owner: 'model', gradient: 'update', variable };
  };
  const kernel = make('line/kernel', weight);
  const unused = make('line/unused', 5);
  return {
    operands: [inputOperand, kernelOperand],
    variables: [kernel, unused],
    unsupported: [],
    forward: ([input], _, read) => [read(inputOperand, input!).mul(read(kernelOperand, kernel.variable))],
    penalties: () => (penalty === undefined ? [] : [kernel.variable.square().mul(penalty).asScalar()]),
    moveStatistics() {},
    discardStatistics() {},
    dispose: () => {
      tf.dispose([kernel.variable, unused.variable]);
    },
  };
}

/** {@link lineModel} under the mean squared error and `w ← w − 0.1·v`, `v ← 0.9·v + g`. */
export function lineTraining(
  line: LineOptions = {},
  options: Partial<Omit<TrainingOptions, 'model'>> = {},
): Training {
  return createTraining({
    model: lineModel(line),
    loss: meanSquaredError,
    optimizer: plainSgd(0.1),
    warn: () => {},
    ...options,
  });
}

/** The weight now. */
export function weightOf({ variables }: Training): number {
  return variables.get('line/kernel')!.variable.dataSync()[0]!;
}
