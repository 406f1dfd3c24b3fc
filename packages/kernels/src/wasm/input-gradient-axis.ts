import type { Margin } from './crop-negative-margins.js';

/**
 * One spatial axis of the gradient of a convolution's input.
 *
 *     dx[i] = Σ_j W[j] · dy[(i + padding - j) / stride]    over the j that divide
 *
 * With i + padding = stride·q + phase and j = stride·m + phase this is, for each phase, a plain convolution
 * Σ_m W[stride·m + phase] · dy[q - m] with a few taps: no zeros are put into dy, and none are multiplied.
 */
export interface InputGradientAxis {
  readonly stride: number;
  /** Length of the filter. */
  readonly filterLength: number;
  /** How many positions q the gradient covers. */
  readonly positions: number;
  /** Where the gradient begins among the `positions * stride` values that the phases give together. */
  readonly offset: number;
  /** Length of the gradient, that is of the convolution's input. */
  readonly length: number;
  /** How many taps of the filter belong to a phase; the first has the most. */
  taps(phase: number): number;
  /** What a convolution of dy with this many taps needs around dy to give all positions. */
  margin(taps: number): Margin;
}

/** Splits an axis into phases: sizes of the convolution's input, filter and output, its stride and its padding before. */
export function inputGradientAxis(
  length: number,
  filterLength: number,
  outLength: number,
  stride: number,
  padding: number,
): InputGradientAxis {
  const first = Math.floor(padding / stride);
  const last = Math.floor((padding + length - 1) / stride);
  return {
    stride,
    filterLength,
    positions: last - first + 1,
    offset: padding - stride * first,
    length,
    taps: (phase) => Math.max(0, Math.ceil((filterLength - phase) / stride)),
    margin: (taps) => [taps - 1 - first, last + 1 - outLength],
  };
}
