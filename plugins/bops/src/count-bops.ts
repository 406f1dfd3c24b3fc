import {
  aList,
  allocateBits,
  checkOption,
  multiplyAccumulates,
  weightNames,
  type BitsOption,
  type Operand,
} from '@flatbit/core';
import { exact, layerBops, type MultiplyBits } from './layer-bops.js';

/**
 * How ends are counted: the `paper` counts 8/8 for first and last layers of a quantized network, also where the first one's
 * input stays in full precision; `actual` counts the bits that run.
 */
export type BopsConvention = 'paper' | 'actual';

/** One weight. */
export interface LayerBops extends MultiplyBits {
  /** The layer's path; with the slot behind it where a layer has two weights. */
  readonly name: string;
  readonly kind: string;
  /** Shape of the weight. */
  readonly shape: readonly number[];
  /** Multiply-accumulates per example. */
  readonly macs: number;
  /** Bit operations per example. */
  readonly bops: number;
}

/** Bit operations of a network per example. */
export interface BopsReport {
  readonly bops: number;
  /** 32 · 32 per multiply-accumulate, on all layers. */
  readonly fullPrecisionBops: number;
  /** How many times fewer: `fullPrecisionBops / bops`. */
  readonly ratio: number;
  readonly macs: number;
  readonly convention: BopsConvention;
  readonly layers: readonly LayerBops[];
  /** What is not in the sums: weights whose spatial sizes are open, then layers that are `unsupported`. */
  readonly uncounted: readonly string[];
}

export interface CountOptions {
  /** `paper` unless given. */
  readonly convention?: BopsConvention;
  /** Layers whose weights are not operands, such as dilated convolutions (a model's `unsupported`): named in `uncounted`. */
  readonly unsupported?: readonly { readonly layer: string }[];
}

const FULL = 32;

/** Counts the bit operations of every weight operand. @throws UsageError for what are no bits, or none of these operands. */
export function countBops(
  operands: readonly Operand[],
  bits: BitsOption,
  { convention = 'paper', unsupported = [] }: CountOptions = {},
): BopsReport {
  checkOption(operands, 'countBops, operands', { ...aList, words: "a model's operands" });
  const allocation = allocateBits(bits);
  allocation.check?.(operands);
  const byKey = new Map(operands.map((operand) => [operand.key, operand]));
  const weights = operands.filter(({ role }) => role === 'weight');
  const nameOf = weightNames(operands);
  const bitsOf = (weight: Operand): MultiplyBits => {
    const activation = weight.multiplies === undefined ? undefined : byKey.get(weight.multiplies);
    return {
      weightBits: allocation.bitsFor(weight),
      activationBits: activation ? allocation.bitsFor(activation) : FULL,
    };
  };
  const quantized = weights.some((weight) => !isFull(bitsOf(weight)));
  const layers = weights.flatMap((weight): LayerBops[] => {
    const { geometry, layerKind, shape } = weight;
    if (!geometry) return [];
    const counted =
      convention === 'paper' && quantized && (weight.first || weight.last) ? PAPER_ENDS : bitsOf(weight);
    return [
      {
        name: nameOf(weight),
        kind: layerKind,
        shape: shape as readonly number[],
        macs: multiplyAccumulates(geometry),
        ...counted,
        bops: layerBops(geometry, counted),
      },
    ];
  });
  const bops = exact(layers.reduce((sum, layer) => sum + layer.bops, 0));
  const macs = layers.reduce((sum, layer) => sum + layer.macs, 0);
  const fullPrecisionBops = exact(macs * FULL * FULL);
  const open = weights.filter(({ geometry }) => !geometry).map((weight) => nameOf(weight));
  const uncounted = [...new Set([...open, ...unsupported.map(({ layer }) => layer)])];
  return { bops, fullPrecisionBops, ratio: fullPrecisionBops / bops, macs, convention, layers, uncounted };
}

const PAPER_ENDS: MultiplyBits = { weightBits: 8, activationBits: 8 };

function isFull({ weightBits, activationBits }: MultiplyBits): boolean {
  return weightBits === FULL && activationBits === FULL;
}
