import {
  OperandStage,
  UsageError,
  type BitAllocation,
  type Operand,
  type PassContext,
  type StateSection,
  type StepResult,
  type TrainingPlugin,
  type VariableRegistry,
} from '@flatbit/core';
import type { Quantizer } from '@flatbit/quantizers';
import * as tf from '@tensorflow/tfjs';
import { calibrateOperand, disposeCalibration, settleSign, type Calibration } from './calibrate-operand.js';
import { prepareOperand, type QuantizedOperand, type SignedOption } from './quantized-operand.js';
import { widest } from './widest.js';

/** One quantizer for all, one per role, or one per operand. */
export type QuantizerChoice =
  | Quantizer
  | { readonly weight: Quantizer; readonly activation: Quantizer }
  | ((operand: Operand) => Quantizer);

export interface QuantizeOptions {
  readonly quantizer: QuantizerChoice;
  /** Bits of each operand, 1 to 31; 32 leaves it as it is. `fixedBits(4)` is W4A4. */
  readonly bits: BitAllocation;
  /** Whether activations may be negative; `auto` (default) looks at the calibrating batch. */
  readonly signed?: SignedOption;
}

/** Fake-quantizes weights and activations, learns their clip values, and starts them from the first batch. */
export function quantizePlugin({ quantizer, bits, signed = 'auto' }: QuantizeOptions): TrainingPlugin {
  const name = 'quantize';
  return {
    name,
    apply(hooks) {
      const quantized = new Map<string, QuantizedOperand>();
      const calibrations = new Map<string, Calibration>();
      const observed = new Map<string, tf.NamedTensorMap>();
      const forgetCalibrations = () => {
        for (const calibration of calibrations.values()) disposeCalibration(calibration);
        calibrations.clear();
      };
      const forgetObserved = () => {
        for (const statistics of observed.values()) tf.dispose(statistics);
        observed.clear();
      };

      hooks.prepare.tap(name, (operands: readonly Operand[], variables: VariableRegistry) => {
        bits.check?.(operands);
        for (const operand of operands) {
          const bitWidth = bits.bitsFor(operand);
          if (bitWidth === 32) continue;
          const chosen = chooseQuantizer(quantizer, operand);
          quantized.set(
            operand.key,
            prepareOperand({ operand, quantizer: chosen, bitWidth, signed, variables, owner: name }),
          );
        }
      });
      hooks.operand.tap({ name, stage: OperandStage.quantize }, (value, operand, pass) => {
        const target = quantized.get(operand.key);
        if (!target) return value;
        if (pass.phase === 'calibrate') return calibrateOperand(target, value, calibrations);
        if (isObserving(pass) && target.quantizer.observe) observe(target, value, observed);
        return target.quantizer.fakeQuantize(value, target.parameters, target.target);
      });
      hooks.onCalibrated.tapPromise(name, async () => {
        try {
          for (const [key, calibration] of calibrations) await settleSign(quantized.get(key)!, calibration);
        } finally {
          forgetCalibrations();
        }
      });
      hooks.onStepFailed.tap(name, () => {
        forgetCalibrations();
        forgetObserved();
      });
      hooks.afterStep.tap(name, ({ finite }: StepResult) => {
        const healthy = finite.perturbed ? tf.logicalAnd(finite.clean, finite.perturbed) : finite.clean;
        for (const [key, statistics] of observed)
          assignWhere(healthy, quantized.get(key)!.parameters, statistics);
        forgetObserved();
      });
      hooks.collectState.tapPromise(name, async (state) => {
        const signs = [...quantized].filter(
          ([, { target }]) => target.role === 'activation' && target.signed,
        );
        state.section(name).values = { signedActivations: signs.map(([key]) => key) };
      });
      hooks.restoreState.tapPromise(name, async (state) => {
        if (state.has(name)) restoreSigns(quantized, state.section(name));
      });
      hooks.dispose.tap(name, () => {
        forgetCalibrations();
        forgetObserved();
      });
    },
  };
}

function chooseQuantizer(choice: QuantizerChoice, operand: Operand): Quantizer {
  if (typeof choice === 'function') return choice(operand);
  return 'fakeQuantize' in choice ? choice : choice[operand.role];
}

/** Statistics move with the clean pass of a step. */
function isObserving({ phase, inference }: PassContext): boolean {
  return phase === 'clean' && !inference;
}

/** Keeps what the statistics are to become: of a shared layer the widest of its calls. */
function observe(
  { operand, quantizer, parameters, target }: QuantizedOperand,
  value: tf.Tensor,
  observed: Map<string, tf.NamedTensorMap>,
): void {
  const earlier = observed.get(operand.key);
  const next = tf.tidy(() => widest({ ...quantizer.observe!(value, parameters, target) }, earlier));
  for (const tensor of Object.values(next)) tf.keep(tensor);
  if (earlier) tf.dispose(earlier);
  observed.set(operand.key, next);
}

function assignWhere(
  healthy: tf.Tensor,
  parameters: Readonly<Record<string, tf.Variable>>,
  next: tf.NamedTensorMap,
): void {
  tf.tidy(() => {
    for (const [name, value] of Object.entries(next)) {
      const variable = parameters[name]!;
      variable.assign(tf.where(healthy, value, variable));
    }
  });
}

function restoreSigns(quantized: ReadonlyMap<string, QuantizedOperand>, { values }: StateSection): void {
  const signed = values['signedActivations'] as readonly string[];
  const unknown = signed.find((key) => !quantized.has(key));
  if (unknown)
    throw new UsageError(`the checkpoint quantizes "${unknown}", this training does not: use the same bits`);
  for (const [key, operand] of quantized) {
    if (operand.target.role === 'activation')
      operand.target = { ...operand.target, signed: signed.includes(key) };
  }
}
