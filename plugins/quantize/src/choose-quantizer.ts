import { checkOption, hasMethods, type Operand, type Takes } from '@flatbit/core';
import type { Quantizer } from '@flatbit/quantizers';

/** One quantizer for all, one per role, or one per operand. */
export type QuantizerChoice =
  | Quantizer
  | { readonly weight: Quantizer; readonly activation: Quantizer }
  | ((operand: Operand) => Quantizer);

const isQuantizer = hasMethods('parameters', 'initialize', 'fakeQuantize');
const aQuantizer: Takes = { words: 'a quantizer, such as liqQuantizer()', accepts: isQuantizer };
const aChoice: Takes = {
  words: `${aQuantizer.words}, or { weight, activation }, or a function that gives one for an operand`,
  accepts: (value) => typeof value === 'function' || isQuantizer(value) || isPerRole(value),
};

/** Which quantizer an operand gets. @throws UsageError, then and now, for what is none. */
export function chooseQuantizer(choice: QuantizerChoice): (operand: Operand) => Quantizer {
  checkOption(choice, 'quantize.quantizer', aChoice);
  if (typeof choice === 'function')
    return (operand) => checkOption(choice(operand), `quantize.quantizer of "${operand.key}"`, aQuantizer);
  if ('fakeQuantize' in choice) return () => choice;
  for (const role of ['weight', 'activation'] as const)
    checkOption(choice[role], `quantize.quantizer.${role}`, aQuantizer);
  return ({ role }) => choice[role];
}

function isPerRole(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('weight' in value || 'activation' in value);
}
