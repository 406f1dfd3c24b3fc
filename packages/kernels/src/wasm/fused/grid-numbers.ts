import type { GridAttributes } from '../../fused-kernels.js';

/** The range that a learned value stands for: its magnitude, at least `floor`. */
export function learnedRange(learned: number, floor: number): number {
  return Number.isNaN(learned) ? learned : Math.max(Math.abs(learned), Math.fround(floor));
}

/** The values of `gridConstants`, in their order. */
export function gridNumbers({ shift, low, high, steps }: GridAttributes, range: number): readonly number[] {
  return [range, shift, low, high, steps, shift * steps, range / steps, low - shift, high - shift, 1];
}
