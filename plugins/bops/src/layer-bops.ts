import { multiplyAccumulates, type OperandGeometry } from '@flatbit/core';

/** Bits of the weight and of the activation that it multiplies. */
export interface MultiplyBits {
  readonly weightBits: number;
  readonly activationBits: number;
}

/**
 * Bit operations of one weight per example: `k_h·k_w·C_in·(C_out/groups)·positions·b_w·b_a`. Bias, batch norm, pooling and
 * additions count nothing. A plain number, exact up to 2^53.
 * @throws RangeError beyond that.
 */
export function layerBops(geometry: OperandGeometry, { weightBits, activationBits }: MultiplyBits): number {
  return exact(multiplyAccumulates(geometry) * weightBits * activationBits);
}

/** Returns a count that is a whole number and held exactly. @throws RangeError otherwise. */
export function exact(count: number): number {
  if (Number.isSafeInteger(count)) return count;
  throw new RangeError(`${count} bit operations cannot be counted exactly`);
}
