import * as tf from '@tensorflow/tfjs';
import { seededRandom } from '@flatbit/testing';
import type { Quantizer, QuantizerParameters, QuantizerTarget } from '@flatbit/quantizers';

/** A dense kernel of shape [4, 4] unless told otherwise. */
export function weightOf(bits: number, more: Partial<QuantizerTarget> = {}): QuantizerTarget {
  return {
    role: 'weight',
    bits,
    signed: true,
    layerKind: 'dense',
    shape: [4, 4],
    channelAxes: [1],
    ...more,
  };
}

/** The input of a dense layer, of shape [batch, 4] and without negative values unless told otherwise. */
export function activationOf(bits: number, more: Partial<QuantizerTarget> = {}): QuantizerTarget {
  return {
    role: 'activation',
    bits,
    signed: false,
    layerKind: 'dense',
    shape: [null, 4],
    channelAxes: [1],
    ...more,
  };
}

/** The kernel of a convolution. */
export function kernelOf(bits: number, shape: readonly number[]): QuantizerTarget {
  return weightOf(bits, { layerKind: 'conv2d', shape, channelAxes: [shape.length - 1] });
}

/** Gaussian numbers of mean 0 and deviation 1 (Box–Muller), the same for the same seed. */
export function gaussian(shape: number[], seed = 7): tf.Tensor {
  const random = seededRandom(seed);
  const next = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return tf.tensor(Array.from({ length: tf.util.sizeFromShape(shape) }, next), shape);
}

export interface Gradients {
  readonly toValue: tf.Tensor;
  /** To the learned parameters, in the order of their specs. */
  readonly toParameters: readonly tf.Tensor[];
}

/** Differentiates in the value and in the learned parameters; `upstream` is 1 everywhere unless given. */
export function gradientsOf(
  quantizer: Quantizer,
  value: tf.Tensor,
  parameters: QuantizerParameters,
  target: QuantizerTarget,
  upstream?: tf.Tensor,
): Gradients {
  const learned = quantizer.parameters(target).filter(({ kind }) => kind === 'clip');
  const quantize = (input: tf.Tensor, ...values: tf.Tensor[]): tf.Tensor => {
    const replaced = Object.fromEntries(learned.map(({ name }, index) => [name, values[index]!]));
    return quantizer.fakeQuantize(input, { ...parameters, ...replaced }, target);
  };
  const differentiate = tf.grads(quantize as (...inputs: tf.Tensor[]) => tf.Tensor);
  const [toValue, ...toParameters] = differentiate(
    [value, ...learned.map(({ name }) => parameters[name]!)],
    upstream,
  );
  return { toValue: toValue!, toParameters };
}

/** The fake-quantized value beside its gradients. */
export function quantizeWithGradients(
  ...[quantizer, value, parameters, target, upstream]: Parameters<typeof gradientsOf>
): Gradients & { readonly value: tf.Tensor } {
  return {
    value: quantizer.fakeQuantize(value, parameters, target),
    ...gradientsOf(quantizer, value, parameters, target, upstream),
  };
}

/** How many different numbers a tensor holds. */
export function levelCount(value: tf.Tensor): number {
  return new Set(value.dataSync()).size;
}

/** Sum of squared differences. */
export function squaredError(left: tf.Tensor, right: tf.Tensor): number {
  return tf.tidy(() => left.sub(right).square().sum().dataSync()[0]!);
}
