import type { BopsReport } from '@flatbit/plugin-bops';
import { writeJson } from './write-json.js';

/** Writes `bits.json`: by layer, its bits, multiply-accumulates and bit operations. */
export async function writeBits(path: string, { layers }: BopsReport): Promise<void> {
  const entries = layers.map(({ name, weightBits, activationBits, macs, bops }) => [
    name,
    { weights: weightBits, activations: activationBits, macs, bops },
  ]);
  await writeJson(path, Object.fromEntries(entries));
}
