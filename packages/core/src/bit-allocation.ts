import type { Operand } from './operand.js';
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

/** The same bits everywhere; `fixedBits(4)` is W4A4. */
export function fixedBits(bits: number | Bits): BitAllocation {
  const { weights, activations } = typeof bits === 'number' ? { weights: bits, activations: bits } : bits;
  checkBits(weights, 'bits of weights');
  checkBits(activations, 'bits of activations');
  return { bitsFor: ({ role }) => (role === 'weight' ? weights : activations) };
}

/** Returns `bits` if it is an integer from 1 to 32. @throws UsageError that says what `where` got. */
export function checkBits(bits: number, where: string): number {
  if (Number.isInteger(bits) && bits >= 1 && bits <= 32) return bits;
  throw new UsageError(`${where}: got ${bits}; takes an integer from 1 to 32 (32 is full precision)`);
}
