import type { Scalar, Tensor } from '@tensorflow/tfjs';

/** What {@link adamStep} starts from; value, gradient and moments have the parameter's shape. */
export interface AdamStep {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  readonly beta1: Scalar;
  readonly beta2: Scalar;
  /** `1 − beta1`, from double precision. */
  readonly share1: Scalar;
  /** `1 − beta2`, from double precision. */
  readonly share2: Scalar;
  /** None is 0. */
  readonly weightDecay?: Scalar | undefined;
  /** `learningRate · √c₂ / c₁`, where `cᵢ = 1 − betaᵢᵗ` corrects the moments' bias towards zero. */
  readonly stepSize: Scalar;
  /** `epsilon · √c₂`. */
  readonly epsilon: Scalar;
}

/** Where the step leads. */
export interface AdamStepped {
  readonly value: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

/**
 * One step of Adam (Kingma and Ba, arXiv 1412.6980) with coupled decay:
 * `g += weightDecay·p; m = β₁·m + (1 − β₁)·g; v = β₂·v + (1 − β₂)·g²; p −= stepSize · m / (√v + epsilon)`,
 * which is `learningRate · (m/c₁) / (√(v/c₂) + epsilon)` with the corrections drawn into the two scalars.
 */
export function adamStep(step: AdamStep): AdamStepped {
  const { value, beta1, beta2, share1, share2, weightDecay, stepSize, epsilon } = step;
  const gradient = weightDecay ? step.gradient.add(value.mul(weightDecay)) : step.gradient;
  const firstMoment = step.firstMoment.mul(beta1).add(gradient.mul(share1));
  const secondMoment = step.secondMoment.mul(beta2).add(gradient.square().mul(share2));
  const direction = firstMoment.div(secondMoment.sqrt().add(epsilon));
  return { value: value.sub(direction.mul(stepSize)), firstMoment, secondMoment };
}
