import type { Operand } from './operand.js';

/** What reports call each weight: its layer, with the slot behind it where a layer has several weights. */
export function weightNames(operands: readonly Operand[]): (weight: Operand) => string {
  const seen = new Set<string>();
  const several = new Set<string>();
  for (const { layer, role } of operands)
    if (role === 'weight') (seen.has(layer) ? several : seen).add(layer);
  return ({ layer, slot }) => (several.has(layer) ? `${layer}/${slot}` : layer);
}
