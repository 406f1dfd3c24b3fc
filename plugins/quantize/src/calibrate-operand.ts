import type { QuantizerTarget } from '@flatbit/quantizers';
import * as tf from '@tensorflow/tfjs';
import { parametersOf, type QuantizedOperand } from './quantized-operand.js';
import { widest } from './widest.js';

/** What the calibrating pass keeps on the device for one operand. */
export interface Calibration {
  /** Bool scalar, where calibration decides the sign: whether a value was negative. */
  readonly negative?: tf.Tensor;
  /** Start values for each target that the operand may turn out to have. */
  readonly starts: readonly tf.NamedTensorMap[];
}

/**
 * Starts an operand's parameters from the values that it sees, and returns the value quantized, so that the layers behind it
 * are started from what they will see. A shared layer starts with the widest range of its calls. A start value that is not
 * finite leaves its parameter as it was. The sign is decided on the device; `settleSign` reads it.
 */
export function calibrateOperand(
  operand: QuantizedOperand,
  value: tf.Tensor,
  calibrations: Map<string, Calibration>,
): tf.Tensor {
  const { key } = operand.operand;
  const { quantizer, parameters } = operand;
  const targets = possibleTargets(operand);
  const earlier = calibrations.get(key);
  const calibration = calibrateFrom(operand, targets, value, earlier);
  if (earlier) disposeCalibration(earlier);
  calibrations.set(key, calibration);
  return tf.tidy(() => {
    const choose = (of: readonly tf.Tensor[]) =>
      of.length > 1 ? tf.where(calibration.negative!, of[1]!, of[0]!) : of[0]!;
    for (const [name, variable] of Object.entries(parameters)) {
      const start = choose(calibration.starts.map((starts) => starts[name]!));
      variable.assign(tf.where(start.isFinite().all(), start, variable));
    }
    return choose(targets.map((target) => quantizer.fakeQuantize(value, parameters, target)));
  });
}

/** Reads the sign back and fixes it. @throws UsageError if values are negative and the quantizer has no range for them. */
export async function settleSign(operand: QuantizedOperand, { negative }: Calibration): Promise<void> {
  if (!negative) return;
  const [flag] = await negative.data();
  const target = { ...operand.target, signed: Boolean(flag) };
  parametersOf(operand.quantizer, target, operand.operand);
  operand.target = target;
}

export function disposeCalibration({ negative, starts }: Calibration): void {
  negative?.dispose();
  for (const start of starts) tf.dispose(start);
}

/** The operand's target; or the unsigned and the signed one, where calibration decides and the quantizer serves both. */
function possibleTargets({ quantizer, target, decidesSign }: QuantizedOperand): readonly QuantizerTarget[] {
  if (!decidesSign) return [target];
  const unsigned = { ...target, signed: false };
  const signed = { ...target, signed: true };
  try {
    quantizer.parameters(signed);
    return [unsigned, signed];
  } catch {
    return [unsigned];
  }
}

/** Sign and start values of this call and the earlier ones together, kept. */
function calibrateFrom(
  { quantizer, decidesSign }: QuantizedOperand,
  targets: readonly QuantizerTarget[],
  value: tf.Tensor,
  earlier: Calibration | undefined,
): Calibration {
  const calibration = tf.tidy(() => {
    const starts = targets.map((target, index) =>
      widest({ ...quantizer.initialize(value, target) }, earlier?.starts[index]),
    );
    if (!decidesSign) return { starts };
    const negative = value.min().less(0);
    return { starts, negative: earlier?.negative ? negative.logicalOr(earlier.negative) : negative };
  });
  for (const start of calibration.starts) Object.values(start).forEach((tensor) => tf.keep(tensor));
  if (calibration.negative) tf.keep(calibration.negative);
  return calibration;
}
