import type { QuantizerParameters, QuantizerTarget } from '@flatbit/quantizers';
import * as tf from '@tensorflow/tfjs';
import { parametersOf, type QuantizedOperand } from './quantized-operand.js';

/** What the calibrating pass leaves on the device for one operand: a bool scalar, whether a value was negative. */
export interface Calibration {
  readonly negative?: tf.Tensor;
}

/**
 * Starts an operand's parameters from the value that it sees first, and returns that value quantized, so that the layers
 * behind it are started from what they will see. The sign is decided on the device; `settleSign` reads it.
 */
export function calibrateOperand(
  operand: QuantizedOperand,
  value: tf.Tensor,
  calibrations: Map<string, Calibration>,
): tf.Tensor {
  const { quantizer, parameters, target } = operand;
  // A shared layer sees more than one value: the first one sets the range.
  if (calibrations.has(operand.operand.key)) return quantizer.fakeQuantize(value, parameters, target);
  if (!operand.decidesSign || !servesSigned(operand)) {
    calibrations.set(operand.operand.key, operand.decidesSign ? { negative: isNegative(value) } : {});
    return start(operand, value, target, parameters);
  }
  const negative = isNegative(value);
  calibrations.set(operand.operand.key, { negative });
  return tf.tidy(() => {
    const unsigned = start(operand, value, { ...target, signed: false }, parameters);
    const unsignedStart = Object.fromEntries(
      Object.entries(parameters).map(([name, p]) => [name, p.clone()]),
    );
    const signed = start(operand, value, { ...target, signed: true }, parameters);
    for (const [name, variable] of Object.entries(parameters)) {
      variable.assign(tf.where(negative, variable, unsignedStart[name]!));
    }
    return tf.where(negative, signed, unsigned);
  });
}

/** Reads the sign back and fixes it. @throws UsageError if values are negative and the quantizer has no range for them. */
export async function settleSign(operand: QuantizedOperand, { negative }: Calibration): Promise<void> {
  if (!negative) return;
  const [signed] = await negative.data();
  negative.dispose();
  if (!signed) return;
  operand.target = { ...operand.target, signed: true };
  parametersOf(operand.quantizer, operand.target, operand.operand);
}

function isNegative(value: tf.Tensor): tf.Tensor {
  return tf.keep(tf.tidy(() => value.min().less(0)));
}

function servesSigned({ quantizer, target }: QuantizedOperand): boolean {
  try {
    quantizer.parameters({ ...target, signed: true });
    return true;
  } catch {
    return false;
  }
}

function start(
  { quantizer }: QuantizedOperand,
  value: tf.Tensor,
  target: QuantizerTarget,
  parameters: Readonly<Record<string, tf.Variable>>,
): tf.Tensor {
  return tf.tidy(() => {
    const initial: QuantizerParameters = quantizer.initialize(value, target);
    for (const [name, variable] of Object.entries(parameters)) variable.assign(initial[name]!);
    return quantizer.fakeQuantize(value, parameters, target);
  });
}
