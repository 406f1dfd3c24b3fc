import {
  aList,
  checkBits,
  checkOption,
  isRecord,
  UsageError,
  type BitAllocation,
  type Bits,
  type Operand,
  type Takes,
} from '@flatbit/core';

/** Bits for the layers that a pattern matches; what is left out keeps the policy's bits. */
export interface LayerRule extends Partial<Bits> {
  /** A layer's path, a pattern with `*`, or a regular expression. */
  readonly match: string | RegExp;
}

export interface LayerPolicyOptions extends Bits {
  /** Layers fed by a model input; 8 is W8A8. */
  readonly first?: number | Partial<Bits>;
  /** Layers whose output is a model output; wins over `first`. */
  readonly last?: number | Partial<Bits>;
  /** Wins over both; of several that match, the first. */
  readonly layers?: readonly LayerRule[];
}

/**
 * Bits by position and by name: `layerPolicy({ weights: 4, activations: 4, last: { weights: 8 } })`.
 * @throws UsageError if bits are not 1 to 32; at `check`, if a rule matches no layer.
 */
export function layerPolicy(options: LayerPolicyOptions): BitAllocation {
  const { layers = [] } = checkOption(options, 'bits', anObject);
  const [first, last] = [bitsOfSide(options.first), bitsOfSide(options.last)];
  checkBits(options.weights, 'bits, weights');
  checkBits(options.activations, 'bits, activations');
  checkRule(first, 'bits of the first layers');
  checkRule(last, 'bits of the last layers');
  for (const [index, rule] of checkOption(layers, 'bits, layers', aList).entries()) {
    checkOption(rule.match, `bits, layers[${index}].match`, aMatch);
    checkRule(rule, `bits of layers "${String(rule.match)}"`);
  }
  const tests = layers.map((rule) => ({ rule, matches: matcher(rule.match) }));
  return {
    bitsFor(operand) {
      const side = operand.role === 'weight' ? 'weights' : 'activations';
      const named = tests.find(({ matches }) => matches(operand.layer))?.rule;
      return (
        named?.[side] ??
        (operand.last ? last[side] : undefined) ??
        (operand.first ? first[side] : undefined) ??
        options[side]
      );
    },
    check(operands) {
      const unused = tests.find(({ matches }) => !operands.some(({ layer }) => matches(layer)));
      if (unused) throw new UsageError(unusedRule(unused.rule, operands));
    },
  };
}

/** The paper's convention: first layer W8 with full-precision input, last layer W8A8, the rest W = A = `bits`. */
export function paperPolicy(bits: number): BitAllocation {
  if (bits === 32) return layerPolicy({ weights: 32, activations: 32 });
  return layerPolicy({
    weights: bits,
    activations: bits,
    first: { weights: 8, activations: 32 },
    last: { weights: 8, activations: 8 },
  });
}

const aMatch: Takes = {
  words: "a layer's path, a pattern with *, or a regular expression",
  accepts: (value) => typeof value === 'string' || value instanceof RegExp,
};
const anObject = { words: 'an object with weights, activations, first, last, layers', accepts: isRecord };

function bitsOfSide(bits: number | Partial<Bits> = {}): Partial<Bits> {
  return typeof bits === 'object' ? bits : { weights: bits, activations: bits };
}

function checkRule({ weights, activations }: Partial<Bits>, where: string): void {
  if (weights !== undefined) checkBits(weights, `${where}, weights`);
  if (activations !== undefined) checkBits(activations, `${where}, activations`);
}

function matcher(match: string | RegExp): (layer: string) => boolean {
  if (typeof match !== 'string') return (layer) => layer.search(match) >= 0;
  const literal = match.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${literal.join('.*')}$`);
  return (layer) => pattern.test(layer);
}

function unusedRule({ match }: LayerRule, operands: readonly Operand[]): string {
  const names = [...new Set(operands.map(({ layer }) => layer))];
  const shown = names.slice(0, 6).join(', ') + (names.length > 6 ? `, … (${names.length})` : '');
  return `bits of layers "${String(match)}": no layer matches; layers are ${shown}`;
}
