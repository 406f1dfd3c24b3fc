import { UsageError, type Operand, type VariableRegistry } from '@flatbit/core';
import type { ParameterSpec, Quantizer, QuantizerTarget } from '@flatbit/quantizers';
import type * as tf from '@tensorflow/tfjs';

export type SignedOption = 'auto' | boolean;

/** An operand, its quantizer, and the variables that the quantizer's parameters live in. */
export interface QuantizedOperand {
  readonly operand: Operand;
  readonly quantizer: Quantizer;
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  /** Changes once, when calibration decides the sign. */
  target: QuantizerTarget;
  /** Whether calibration decides the sign. */
  readonly decidesSign: boolean;
}

export interface PrepareOptions {
  readonly operand: Operand;
  readonly quantizer: Quantizer;
  readonly bitWidth: number;
  readonly signed: SignedOption;
  readonly variables: VariableRegistry;
  readonly owner: string;
}

/** Allocates a quantizer's parameters. @throws UsageError if the quantizer cannot serve the operand. */
export function prepareOperand(options: PrepareOptions): QuantizedOperand {
  const { operand, quantizer, bitWidth, signed, variables, owner } = options;
  const isWeight = operand.role === 'weight';
  const target: QuantizerTarget = {
    role: operand.role,
    bits: bitWidth,
    signed: isWeight || signed === true,
    layerKind: operand.layerKind,
    shape: operand.shape,
    channelAxes: operand.channelAxes,
  };
  const parameters = Object.fromEntries(
    parametersOf(quantizer, target, operand).map((spec) => [
      spec.name,
      variables.create({
        owner,
        key: `${operand.key}/${spec.name}`,
        role: roleOf(spec, operand),
        shape: spec.shape,
        initial: spec.initial,
      }),
    ]),
  );
  return { operand, quantizer, parameters, target, decidesSign: !isWeight && signed === 'auto' };
}

/** The parameters that a quantizer wants, or why it cannot serve the operand. */
export function parametersOf(
  quantizer: Quantizer,
  target: QuantizerTarget,
  { key }: Operand,
): readonly ParameterSpec[] {
  try {
    return quantizer.parameters(target);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`operand "${key}": ${error.message}`, { cause: error });
  }
}

function roleOf({ kind }: ParameterSpec, { role }: Operand): 'statistic' | 'weightClip' | 'activationClip' {
  if (kind === 'statistic') return 'statistic';
  return role === 'weight' ? 'weightClip' : 'activationClip';
}
