import { checkBits } from './check-target.js';
import type { Grid } from './grid.js';
import type { QuantizerTarget } from './quantizer.js';

/**
 * The levels of LIQ, in units of the clip value.
 *
 * @throws RangeError if the bits are not 1 to 31, or are 1 for a signed activation, whose only level would be zero.
 */
export function liqGrid(name: string, target: QuantizerTarget): Grid {
  const { role, bits, signed } = target;
  const signedActivation = role === 'activation' && signed;
  checkBits(name, target, signedActivation ? 2 : 1);
  const steps = 2 ** bits - 1;
  if (role === 'weight') return { shift: 1, low: 0, high: 2, steps: steps / 2 };
  if (signedActivation) return { shift: 0, low: -1, high: 1, steps: 2 ** (bits - 1) - 1 };
  return { shift: 0, low: 0, high: 1, steps };
}
