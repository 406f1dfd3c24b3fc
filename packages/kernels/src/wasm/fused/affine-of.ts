/** Normalisation as `x * factor + shift`, per channel. */
export interface Affine {
  /** 1 / sqrt(variance + epsilon) */
  readonly invStd: Float32Array;
  readonly factor: Float32Array;
  readonly shift: Float32Array;
}

/** From vectors `[channels]`; the gradient computes it again, to the same bits. */
export function affineOf(
  scale: Float32Array,
  offset: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
  epsilon: number,
): Affine {
  const invStd = Float32Array.from(variance, (each) => 1 / Math.sqrt(each + epsilon));
  const factor = invStd.map((each, channel) => scale[channel]! * each);
  const shift = factor.map((each, channel) => offset[channel]! - mean[channel]! * each);
  return { invStd, factor, shift };
}
