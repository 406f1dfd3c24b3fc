import * as tf from '@tensorflow/tfjs';
import type { Optimizer, RegisteredVariable, VariableRole } from '@flatbit/core';

/** A parameter of one row of numbers. */
export function parameterOf(
  key: string,
  values: readonly number[],
  role: VariableRole = 'weight',
): RegisteredVariable {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([...values])));
  return { key, role, owner: 'model', gradient: 'update', variable };
}

/** Gradients by key, for the parameters that have one. */
export type Gradients = Readonly<Record<string, readonly number[]>>;

/** Takes one step. */
export function step(
  optimizer: Optimizer,
  parameters: readonly RegisteredVariable[],
  gradients: Gradients,
  { learningRateFactor = 1, healthy = true } = {},
): void {
  tf.tidy(() => {
    const updates = parameters.flatMap((parameter) => {
      const gradient = gradients[parameter.key];
      return gradient ? [{ parameter, gradient: tf.tensor1d([...gradient]) }] : [];
    });
    optimizer.update(updates, { learningRateFactor, healthy: tf.scalar(healthy, 'bool') });
  });
}

export function valuesOf({ variable }: Pick<RegisteredVariable, 'variable'>): Float32Array {
  return variable.dataSync<'float32'>();
}

/** Every bit that an optimizer may move. */
export function bitsOf(
  optimizer: Optimizer,
  parameters: readonly RegisteredVariable[],
): Record<string, Uint32Array> {
  const slots = [...optimizer.slots()].map(([name, variable]) => ({ key: `slot ${name}`, variable }));
  return Object.fromEntries(
    [...parameters, ...slots].map((entry) => [entry.key, new Uint32Array(valuesOf(entry).slice().buffer)]),
  );
}
