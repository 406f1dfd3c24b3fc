import * as tf from '@tensorflow/tfjs';
import { fusedKernelName, type FusedKernels } from '../fused-kernels.js';

type Inputs = Parameters<FusedKernels['Sgd']>[0];
type Attributes = Parameters<FusedKernels['Sgd']>[1];

/** SGD with momentum on all parameters as one vector: a few ops, where each parameter would take as many. */
export const flattenedSgd: tf.KernelConfig = {
  kernelName: fusedKernelName('Sgd'),
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) => {
    const { healthy, parameters, gradients, velocities } = inputs as unknown as Inputs;
    const { settings, nesterov } = attrs as unknown as Attributes;
    return tf.tidy(() => {
      const setting = (column: 0 | 1 | 2) =>
        perElement(
          settings.map((row) => row[column]),
          parameters,
        );
      const [learningRate, momentum, weightDecay] = [setting(0), setting(1), setting(2)];
      const parameter = flatten(parameters);
      const velocity = flatten(velocities);
      const decays = settings.some(([, , decay]) => decay > 0);
      const gradient = decays ? flatten(gradients).add(parameter.mul(weightDecay)) : flatten(gradients);
      const next = velocity.mul(momentum).add(gradient);
      const direction = nesterov ? gradient.add(next.mul(momentum)) : next;
      const moved = parameter.sub(direction.mul(learningRate));
      return [
        ...unflatten(tf.where(healthy, moved, parameter), parameters),
        ...unflatten(tf.where(healthy, next, velocity), velocities),
      ];
    });
  },
};

const flatten = (tensors: readonly tf.Tensor[]): tf.Tensor1D =>
  tf.concat(tensors.map((tensor) => tensor.flatten()));

function unflatten(vector: tf.Tensor, like: readonly tf.Tensor[]): tf.Tensor[] {
  const sizes = like.map(({ size }) => size);
  return tf.split(vector, sizes).map((part, index) => part.reshape(like[index]!.shape));
}

/** A setting of each parameter for each of its elements; one scalar where all have the same. */
function perElement(values: readonly number[], parameters: readonly tf.Tensor[]): tf.Tensor {
  if (new Set(values).size === 1) return tf.scalar(values[0]!);
  return tf.concat(values.map((value, index) => tf.fill([parameters[index]!.size], value)));
}
