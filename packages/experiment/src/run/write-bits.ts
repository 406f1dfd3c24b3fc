import type { BitAllocation, Json, Operand } from '@flatbit/core';
import { bitsFormat, bitsOfLayers, type BitsFile } from '@flatbit/layers';
import type { BopsReport } from '@flatbit/plugin-bops';
import { writeJson } from './write-json.js';

/** What a bits file is made of. */
export interface WrittenBits {
  readonly operands: readonly Operand[];
  readonly bits: BitAllocation;
  /** What they cost. */
  readonly report: BopsReport;
  /** Bit operations that were allowed. */
  readonly budget?: number;
  readonly seed: number;
  readonly versions: Readonly<Record<string, Json>>;
}

/** Writes a bits file: by layer, its bits, multiply-accumulates and bit operations. */
export async function writeBits(path: string, written: WrittenBits): Promise<void> {
  const { operands, bits, report, budget, seed, versions } = written;
  const costs = new Map(report.layers.map(({ name, macs, bops }) => [name, { macs, bops }]));
  const layers = Object.entries(bitsOfLayers(operands, bits)).map(([name, own]) => [
    name,
    { ...own, ...costs.get(name) },
  ]);
  const file: BitsFile = {
    ...bitsFormat,
    bops: report.bops,
    convention: report.convention,
    ...(budget !== undefined && { budget }),
    seed,
    versions,
    layers: Object.fromEntries(layers) as BitsFile['layers'],
  };
  await writeJson(path, file);
}
