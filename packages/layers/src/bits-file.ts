import {
  checkBits,
  isRecord,
  UsageError,
  weightNames,
  type BitAllocation,
  type Bits,
  type Json,
  type Operand,
} from '@flatbit/core';

/** Bits of every layer of a network, as JSON: what a search finds, and what everything that takes bits reads. */
export interface BitsFile {
  readonly format: 'flatbit-bits';
  readonly schemaVersion: 1;
  /** By the layer's path; with the slot behind it (`…/depthwiseKernel`) where a layer has two weights. */
  readonly layers: Readonly<Record<string, LayerBits>>;
  /** Bit operations of the network per example. */
  readonly bops?: number;
  /** How first and last layers are counted in `bops`. */
  readonly convention?: string;
  /** Bit operations that were allowed. */
  readonly budget?: number;
  /** Of the experiment that the bits come from. */
  readonly seed?: number;
  /** Of what has written the file. */
  readonly versions?: Readonly<Record<string, Json>>;
}

/** Bits of one layer, and what they cost. */
export interface LayerBits extends Bits {
  /** Multiply-accumulates per example. */
  readonly macs?: number;
  /** Bit operations per example, of the bits that run. */
  readonly bops?: number;
}

/** Everything that a bits file says of itself. */
export const bitsFormat = { format: 'flatbit-bits', schemaVersion: 1 } as const;

/**
 * Checks what was read from a bits file. Entries that it does not know are left alone.
 * @throws UsageError that says what is wrong, and where.
 */
export function parseBitsFile(value: unknown): BitsFile {
  if (!isRecord(value) || value['format'] !== bitsFormat.format)
    throw new UsageError('not a bits file: "format" is to be "flatbit-bits"');
  const { schemaVersion: version, layers } = value;
  if (version !== bitsFormat.schemaVersion) {
    const newer = typeof version === 'number' && version > bitsFormat.schemaVersion;
    throw new UsageError(
      `a bits file of schema ${JSON.stringify(version)}, and this version reads ${bitsFormat.schemaVersion}; ${newer ? 'update flatbit' : 'there is no such schema'}`,
    );
  }
  if (!isRecord(layers) || Object.keys(layers).length === 0)
    throw new UsageError('a bits file without "layers", which holds the bits of each layer by its path');
  for (const [name, bits] of Object.entries(layers)) {
    if (!isRecord(bits)) throw new UsageError(`bits of layer "${name}": not an object`);
    checkBits(bits['weights'] as number, `bits of layer "${name}", weights`);
    checkBits(bits['activations'] as number, `bits of layer "${name}", activations`);
  }
  return value as unknown as BitsFile;
}

/**
 * Bits by layer, all of them named: an entry for the weight of each layer, and for the activation that it multiplies.
 * @throws UsageError at `check`, if an entry is of no layer, or a layer has no entry.
 */
export function bitsByLayer(layers: Readonly<Record<string, Bits>>): BitAllocation {
  const entries = new Map(Object.entries(layers));
  const entryOf = ({ layer, slot }: Operand) =>
    entries.get(layer) ?? entries.get(`${layer}/${weightOf[slot] ?? slot}`);
  return {
    bitsFor(operand) {
      const bits = entryOf(operand);
      if (!bits) throw new UsageError(`no bits for layer "${operand.layer}"`);
      return operand.role === 'weight' ? bits.weights : bits.activations;
    },
    check(operands) {
      const weights = operands.filter(({ role }) => role === 'weight');
      const names = weights.map(weightNames(operands));
      const unknown = [...entries.keys()].find((name) => !names.includes(name));
      if (unknown !== undefined)
        throw new UsageError(
          `bits of layer "${unknown}": there is no such layer; layers are ${shown(names)}`,
        );
      const without = weights.filter((weight) => !entryOf(weight)).map(({ layer }) => layer);
      if (without.length > 0) throw new UsageError(`no bits for ${shown([...new Set(without)])}`);
    },
  };
}

/** The weight that multiplies a slot's activation, where a layer has two: a separable convolution. */
const weightOf: Readonly<Record<string, string>> = {
  'input:0': 'depthwiseKernel',
  'intermediate:0': 'pointwiseKernel',
};

/** The bits that an allocation gives to each weight and to the activation that it multiplies, by layer. */
export function bitsOfLayers(operands: readonly Operand[], bits: BitAllocation): Record<string, Bits> {
  const name = weightNames(operands);
  const byKey = new Map(operands.map((operand) => [operand.key, operand]));
  const entries = operands
    .filter(({ role }) => role === 'weight')
    .map((weight): [string, Bits] => {
      const activation = weight.multiplies === undefined ? undefined : byKey.get(weight.multiplies);
      return [
        name(weight),
        { weights: bits.bitsFor(weight), activations: activation ? bits.bitsFor(activation) : 32 },
      ];
    });
  return Object.fromEntries(entries);
}

function shown(names: readonly string[]): string {
  return names.slice(0, 6).join(', ') + (names.length > 6 ? `, … (${names.length})` : '');
}
