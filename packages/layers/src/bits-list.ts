import {
  checkBits,
  UsageError,
  weightNames,
  type BitAllocation,
  type Bits,
  type Operand,
} from '@flatbit/core';
import { bitsByLayer } from './bits-file.js';

/**
 * Bits from a plain list: one number for weight and activation of each searchable layer, in the order of the network. Searchable is every
 * convolution and dense layer but the first and the last, which have the paper's bits (W8 with full-precision input, and W8A8), and
 * the shortcuts (`…/shortcut`), which copy the bits of the last convolution of their block.
 * @throws UsageError if a number is no bit width; at `check`, if there are more or fewer numbers than searchable layers.
 */
export function bitsFromList(list: readonly number[]): BitAllocation {
  list.forEach((bits, index) => checkBits(bits, `number ${index + 1} of the list of bits`));
  let allocation: BitAllocation | undefined;
  return {
    bitsFor(operand) {
      if (!allocation) throw new Error('a list of bits is asked before it has seen the network (`check`)');
      return allocation.bitsFor(operand);
    },
    check(operands) {
      allocation = bitsByLayer(placed(list, operands));
      allocation.check?.(operands);
    },
  };
}

function placed(list: readonly number[], operands: readonly Operand[]): Readonly<Record<string, Bits>> {
  const weights = operands.filter(({ role }) => role === 'weight');
  const searchable = weights.filter((weight) => !weight.first && !weight.last && !isShortcut(weight));
  if (list.length !== searchable.length) {
    throw new UsageError(
      `a list of ${list.length} bits; this network takes ${searchable.length}: one for each layer but the first, the last and the shortcuts`,
    );
  }
  const name = weightNames(operands);
  const found = searchable.map((weight, index) => ({ weight, bits: list[index]! }));
  const bitsOf = (weight: Operand): Bits => {
    if (weight.last) return { weights: 8, activations: 8 };
    if (weight.first) return { weights: 8, activations: 32 };
    const source = isShortcut(weight)
      ? found.filter((other) => blockOf(other.weight) === blockOf(weight)).at(-1)
      : found.find((other) => other.weight === weight);
    if (source) return { weights: source.bits, activations: source.bits };
    throw new UsageError(`a list of bits: "${weight.layer}" has no layer beside it to copy from`);
  };
  return Object.fromEntries(weights.map((weight) => [name(weight), bitsOf(weight)]));
}

function isShortcut({ layer }: Operand): boolean {
  return layer.endsWith('/shortcut');
}

/** `stage2/block1/conv2`, `stage2/block1/shortcut` → `stage2/block1`. */
function blockOf({ layer }: Operand): string {
  return layer.slice(0, layer.lastIndexOf('/'));
}
