import type { QuantizerTarget } from './quantizer.js';

const describe = ({ role, signed, layerKind }: QuantizerTarget): string =>
  `the ${role === 'activation' && signed ? 'signed ' : ''}${role} of a ${layerKind} layer`;

/** @throws RangeError if the target's bits are not a whole number from `min` to `max`. */
export function checkBits(name: string, target: QuantizerTarget, min = 1, max = 31): void {
  const { bits } = target;
  if (Number.isInteger(bits) && bits >= min && bits <= max) return;
  throw new RangeError(
    `quantizer "${name}" takes ${min} to ${max} bits for ${describe(target)}, not ${bits}; change the bits or the quantizer`,
  );
}

/** @throws RangeError if the target is a signed activation. */
export function checkNotNegative(name: string, target: QuantizerTarget): void {
  if (target.role === 'weight' || !target.signed) return;
  throw new RangeError(
    `quantizer "${name}" has no levels below zero for ${describe(target)}; choose another quantizer there`,
  );
}
