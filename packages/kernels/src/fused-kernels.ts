import * as tf from '@tensorflow/tfjs';

/** A uniform grid of levels in units of a learned value, whose magnitude is taken, at least `floor`. */
export type GridAttributes = Readonly<Record<'shift' | 'low' | 'high' | 'steps' | 'floor', number>>;

/** What follows a normalisation: `clip(·, low, high)`. A ReLU is [0, ∞], none [−∞, ∞]; NaN stays. */
export interface Activation {
  readonly low: number;
  readonly high: number;
}

type NormAttributes = Activation & { readonly epsilon: number };

/** Learning rate, momentum, weight decay. */
type SgdSettings = readonly [number, number, number];

interface NormInputs {
  x: tf.Tensor;
  scale: tf.Tensor1D;
  offset: tf.Tensor1D;
}

interface NormGradInputs {
  upstream: tf.Tensor;
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
}

type NormStatistics = [mean: tf.Tensor1D, variance: tf.Tensor1D];

type Tensors = readonly tf.Tensor[];

/**
 * Kernels that do in one pass what a composition of ops does in many. An engine has some of them, all or none, in TF.js's own
 * registry under `Flatbit` and the name; they compute what the composition does, and have no gradient of their own: they are
 * for the insides of ops that have.
 */
export interface FusedKernels {
  /** value `[…]`, learned `[]` → the nearest level of the grid; NaN where the value is not finite. */
  FakeQuantize(inputs: { value: tf.Tensor; learned: tf.Tensor }, attributes: GridAttributes): [tf.Tensor];
  /** upstream and value `[…]`, learned `[]` → gradients of the value and of the learned value, straight through the rounding. */
  FakeQuantizeGrad(
    inputs: { upstream: tf.Tensor; value: tf.Tensor; learned: tf.Tensor },
    attributes: GridAttributes,
  ): [tf.Tensor, tf.Tensor];
  /**
   * The same of `(weight − mean) / deviation`, the deviation unbiased and at least `floor`; with `rescale`, back to
   * `quantized · deviation + mean`. Also answers `[mean, deviation]`.
   */
  StandardizedFakeQuantize(
    inputs: { weight: tf.Tensor; learned: tf.Tensor },
    attributes: GridAttributes & { readonly rescale: boolean },
  ): [tf.Tensor, tf.Tensor1D];
  /** Gradients of the weight and of the learned value; mean and deviation are constants. */
  StandardizedFakeQuantizeGrad(
    inputs: { upstream: tf.Tensor; weight: tf.Tensor; learned: tf.Tensor; statistics: tf.Tensor1D },
    attributes: GridAttributes & { readonly rescale: boolean },
  ): [tf.Tensor, tf.Tensor];
  /** x `[…, channels]`, vectors `[channels]` → output, mean and biased variance of the batch. */
  BatchNorm(inputs: NormInputs, attributes: { readonly epsilon: number }): [tf.Tensor, ...NormStatistics];
  /** Gradients of x, scale and offset. */
  BatchNormGrad(
    inputs: NormInputs & NormGradInputs,
    attributes: { readonly epsilon: number },
  ): [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
  /** Batch norm and the activation behind it. */
  ActivatedBatchNorm(inputs: NormInputs, attributes: NormAttributes): [tf.Tensor, ...NormStatistics];
  /** Gradients of x, scale and offset; the activation lets through what it has clipped nowhere, its upper bound included. */
  ActivatedBatchNormGrad(
    inputs: NormInputs & NormGradInputs,
    attributes: NormAttributes,
  ): [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
  /** Gradients of x, scale, offset and the learned value, where `FakeQuantize` stands behind `ActivatedBatchNorm`. */
  NormFakeQuantizeGrad(
    inputs: NormInputs & NormGradInputs & { learned: tf.Tensor },
    attributes: GridAttributes & {
      readonly epsilon: number;
      readonly activationLow: number;
      readonly activationHigh: number;
    },
  ): [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor];
  /** upstream and the ReLU's output `[…]` → `upstream · 1{output > 0}`, so NaN where upstream is not finite and the output 0. */
  ReluGrad(inputs: { upstream: tf.Tensor; output: tf.Tensor }, attributes: object): [tf.Tensor];
  /** logits `[batch, classes]`, int32 labels `[batch]` → losses `[batch]` and their gradient `[batch, classes]`. */
  SoftmaxCrossEntropy(
    inputs: { logits: tf.Tensor2D; labels: tf.Tensor1D },
    attributes: object,
  ): [tf.Tensor1D, tf.Tensor2D];
  /** Whether no element of any tensor is NaN or infinite: a bool scalar. */
  AllFinite(inputs: { tensors: Tensors }, attributes: object): [tf.Scalar];
  /** The L2 norm of all tensors together. */
  GlobalNorm(inputs: { tensors: Tensors }, attributes: object): [tf.Scalar];
  /** `tensors · keep + others · take`, pair by pair; the tensors as they are where `healthy` (bool scalar) is false. */
  Blend(
    inputs: { healthy: tf.Tensor; tensors: Tensors; others: Tensors },
    attributes: { readonly keep: readonly number[]; readonly take: readonly number[] },
  ): tf.Tensor[];
  /** Of each parameter, the learning rate, the momentum and the weight decay. Answers n parameters and n velocities. */
  Sgd(
    inputs: {
      healthy: tf.Tensor;
      parameters: Tensors;
      gradients: Tensors;
      velocities: Tensors;
    },
    attributes: { readonly settings: readonly SgdSettings[]; readonly nesterov: boolean },
  ): tf.Tensor[];
  /** `settings` `[n, 7]`: β₁, β₂, 1 − β₁, 1 − β₂, weight decay, step size, ε. Answers n parameters and both moments of each. */
  Adam(
    inputs: {
      settings: tf.Tensor2D;
      healthy: tf.Tensor;
      parameters: Tensors;
      gradients: Tensors;
      firstMoments: Tensors;
      secondMoments: Tensors;
    },
    attributes: object,
  ): tf.Tensor[];
}

/** The name under which an engine registers a fused kernel. */
export const fusedKernelName = (name: keyof FusedKernels): string => `Flatbit${name}`;

let enabled = true;

/** Whether fused kernels are used where the engine has them; true at the start. Compositions are the reference. */
export function useFusedKernels(use: boolean): void {
  enabled = use;
}

/** The current engine's kernel of that name, or undefined: then compose. */
export function fusedKernel<Name extends keyof FusedKernels>(name: Name): FusedKernels[Name] | undefined {
  const kernelName = fusedKernelName(name);
  if (!enabled || !(tf.getKernel(kernelName, tf.getBackend()) as tf.KernelConfig | undefined))
    return undefined;
  const run = (inputs: object, attributes: object) =>
    [tf.engine().runKernel(kernelName, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap)].flat();
  return run as unknown as FusedKernels[Name];
}
