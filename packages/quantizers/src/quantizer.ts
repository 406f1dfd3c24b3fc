import type * as tf from '@tensorflow/tfjs';

/** What a quantizer is told about the operand it quantizes. */
export interface QuantizerTarget {
  readonly role: 'weight' | 'activation';
  /** 1 to 31; an operand at 32 bits never reaches a quantizer. */
  readonly bits: number;
  /** Whether the range holds negative values; weights are always signed. */
  readonly signed: boolean;
  /**
   * 'dense', 'conv1d', 'conv2d', 'conv3d', 'depthwiseConv2d', 'separableConv2d', 'conv2dTranspose', …: a kind whose name
   * holds 'conv' or 'Conv' is a convolution.
   */
  readonly layerKind: string;
  /** Shape of the operand; `null` is an axis of unknown size, such as an activation's batch axis. */
  readonly shape: readonly (number | null)[];
  /** Axes of the output channels (both last axes of a depthwise kernel); for per-channel quantizers. */
  readonly channelAxes: readonly number[];
}

/** One parameter of a quantizer, for which the caller owns a variable. */
export interface ParameterSpec {
  /** 'clipValue', 'scale', 'offset', 'zeroPoint', 'min', 'max'. */
  readonly name: string;
  /** 'clip': learned by gradient, defines the range; 'statistic': observed, never trained. */
  readonly kind: 'clip' | 'statistic';
  /** `[]` per tensor; per channel it broadcasts against the operand, with 1 on every axis but the channel axes. */
  readonly shape: readonly number[];
  /** Value before any data is seen. */
  readonly initial: number;
}

/** The values of a quantizer's parameters, by `ParameterSpec.name`. */
export type QuantizerParameters = Readonly<Record<string, tf.Tensor>>;

/**
 * A stateless record of pure functions that maps an operand onto the levels of a bit-width, in float.
 * All are synchronous and read no tensor back; the caller owns the variables that hold the parameters.
 */
export interface Quantizer {
  readonly name: string;
  /**
   * The parameters that this operand needs; empty if none.
   *
   * @throws RangeError of one line if the quantizer cannot serve the target (bits, role, signed).
   */
  parameters(target: QuantizerTarget): readonly ParameterSpec[];
  /** Start values from data: one new tensor per parameter, in the shape of its spec. */
  initialize(value: tf.Tensor, target: QuantizerTarget): QuantizerParameters;
  /** Fake-quantized value, of the shape of `value`; differentiable in `value` and in the 'clip' parameters. */
  fakeQuantize(value: tf.Tensor, parameters: QuantizerParameters, target: QuantizerTarget): tf.Tensor;
  /** Next values of the 'statistic' parameters, given this step's value; new tensors of the same shapes. */
  observe?(value: tf.Tensor, parameters: QuantizerParameters, target: QuantizerTarget): QuantizerParameters;
}
