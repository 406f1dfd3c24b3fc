import { checkOption } from './check-option.js';
import { hasMethods, isRecord } from './is-record.js';
import type { Operand } from './operand.js';
import { showValue } from './show-value.js';
import { UsageError } from './usage-error.js';

/** Says how many bits each operand gets: 1 to 31, or 32 for one that stays as it is. */
export interface BitAllocation {
  bitsFor(operand: Operand): number;
  /** Called once with all operands, before the first question. @throws UsageError if the allocation does not fit them. */
  check?(operands: readonly Operand[]): void;
}

/** Bits of weights and of activations. */
export interface Bits {
  readonly weights: number;
  readonly activations: number;
}

/** Bits as they are set: 4 is W4A4, or those of weights and of activations, or an allocation that looks at each operand. */
export type BitsOption = number | Bits | BitAllocation;

/** The allocation that is meant. @throws UsageError for what are no bits, and for bits out of range. */
export function allocateBits(bits: BitsOption): BitAllocation {
  if (typeof bits === 'number') return fixedBits(bits);
  const { bitsFor } = checkOption<Partial<Bits & BitAllocation>>(bits, 'bits', {
    words: 'an integer from 1 to 32, { weights, activations }, or an allocation such as paperPolicy(4)',
    accepts: (value) =>
      isAllocation(value) || (isRecord(value) && 'weights' in value && 'activations' in value),
  });
  return bitsFor ? (bits as BitAllocation) : fixedBits(bits as Bits);
}

const isAllocation = hasMethods('bitsFor');

/** The same bits everywhere; `fixedBits(4)` is W4A4. @throws UsageError if they are not 1 to 32. */
export function fixedBits(bits: number | Bits): BitAllocation {
  const { weights, activations } =
    typeof bits === 'object' && bits !== null ? bits : { weights: bits, activations: bits };
  checkBits(weights, 'bits of weights');
  checkBits(activations, 'bits of activations');
  return { bitsFor: ({ role }) => (role === 'weight' ? weights : activations) };
}

/** Returns `bits` if it is an integer from 1 to 32. @throws UsageError that says what `where` got. */
export function checkBits(bits: number, where: string): number {
  if (Number.isInteger(bits) && bits >= 1 && bits <= 32) return bits;
  throw new UsageError(
    `${where}: got ${showValue(bits)}; takes an integer from 1 to 32 (32 is full precision)`,
  );
}
