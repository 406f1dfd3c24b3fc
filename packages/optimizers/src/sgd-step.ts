import type { Scalar, Tensor } from '@tensorflow/tfjs';

/** What {@link sgdStep} starts from; all tensors have the parameter's shape. */
export interface SgdStep {
  readonly value: Tensor;
  readonly gradient: Tensor;
  /** The momentum so far; without it, the step is plain descent. */
  readonly velocity?: Tensor | undefined;
  readonly learningRate: Scalar;
  readonly momentum: Scalar;
  readonly nesterov: boolean;
  /** None is 0. */
  readonly weightDecay?: Scalar | undefined;
}

/** Where the step leads. */
export interface SgdStepped {
  readonly value: Tensor;
  readonly velocity?: Tensor;
}

/**
 * One step of stochastic gradient descent, in PyTorch's form:
 * `g += weightDecay·p; v = momentum·v + g; p −= learningRate·(nesterov ? g + momentum·v : v)`.
 */
export function sgdStep(step: SgdStep): SgdStepped {
  const { value, velocity, learningRate, momentum, nesterov, weightDecay } = step;
  const gradient = weightDecay ? step.gradient.add(value.mul(weightDecay)) : step.gradient;
  if (!velocity) return { value: value.sub(gradient.mul(learningRate)) };
  const next = velocity.mul(momentum).add(gradient);
  const direction = nesterov ? gradient.add(next.mul(momentum)) : next;
  return { value: value.sub(direction.mul(learningRate)), velocity: next };
}
