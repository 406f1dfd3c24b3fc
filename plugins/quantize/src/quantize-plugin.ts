import {
  allocateBits,
  anObject,
  checkOption,
  oneOf,
  OperandStage,
  UsageError,
  type BitsOption,
  type Operand,
  type PassContext,
  type StateSection,
  type StepResult,
  type TrainingPlugin,
  type VariableRegistry,
} from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import { calibrateOperand, disposeCalibration, settleSign, type Calibration } from './calibrate-operand.js';
import { chooseQuantizer, type QuantizerChoice } from './choose-quantizer.js';
import { prepareOperand, type QuantizedOperand, type SignedOption } from './quantized-operand.js';
import { widest } from './widest.js';

export interface QuantizeOptions {
  readonly quantizer: QuantizerChoice;
  /** 1 to 31; 32 leaves an operand as it is. 4 is W4A4; or those of weights and of activations, or an allocation. */
  readonly bits: BitsOption;
  /** Whether activations may be negative; `auto` (default) looks at the calibrating batch. */
  readonly signed?: SignedOption;
}

/**
 * Fake-quantizes weights and activations, learns their clip values, and starts them from the first batch.
 * @throws UsageError for options that cannot be; when a training is made, for an operand that the quantizer cannot serve.
 */
export function quantizePlugin(options: QuantizeOptions): TrainingPlugin {
  const name = 'quantize';
  const { quantizer, bits, signed = 'auto' } = checkOption(options, name, anObject);
  const quantizerOf = chooseQuantizer(quantizer);
  const allocation = allocateBits(bits);
  checkOption(signed, `${name}.signed`, oneOf('auto', true, false));
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
        allocation.check?.(operands);
        for (const operand of operands) {
          const bitWidth = allocation.bitsFor(operand);
          if (bitWidth === 32) continue;
          quantized.set(
            operand.key,
            prepareOperand({
              operand,
              quantizer: quantizerOf(operand),
              bitWidth,
              signed,
              variables,
              owner: name,
            }),
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
