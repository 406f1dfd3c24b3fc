import {
  OperandStage,
  UsageError,
  type Operand,
  type TrainingPlugin,
  type VariableRegistry,
} from '@flatbit/core';
import type * as tf from '@tensorflow/tfjs';
import { ascend, type AdaptiveOptions } from './ascend.js';
import { createProbes, type PerturbAt, type Probes } from './probes.js';
import { moveAndRestore } from './move-and-restore.js';

export interface SamOptions {
  /** Radius ρ of the L2 ball, in the space of the quantized weights. 0 asks for no second pass. */
  readonly rho: number;
  /** Radius at which sharpness is measured; `rho` unless given. With `rho: 0` a plain training is measured like the others. */
  readonly measureRho?: number;
  /**
   * Where weights are perturbed: the `quantized` weight (case 3, default); after the quantizer along the gradient of the
   * `latent` weight, which saturated entries do not have (case 1); or the latent weight `beforeQuantizer` (case 2).
   */
  readonly at?: PerturbAt;
  /** Scales the ball by the size of each parameter (ASAM). */
  readonly adaptive?: boolean | AdaptiveOptions;
  /** Whether batch norm's γ and β move too; true unless given. */
  readonly batchNorm?: boolean;
  /** Whether biases move too; true unless given. */
  readonly bias?: boolean;
  /** Whether activation clip values move too; true unless given. */
  readonly activationClip?: boolean;
  /** Whether weight clip values move too; false unless given. */
  readonly weightClip?: boolean;
  /** Perturbs every n-th step; 1 unless given. */
  readonly interval?: number;
  /** Whether regularizers of what moves in place count in ε; true unless given. Those of weights never do. */
  readonly regularizers?: boolean;
  /** Added to ‖g‖; 1e-12 unless given. */
  readonly normFloor?: number;
  /** Where one-line warnings go; `console.warn` unless given. */
  readonly warn?: (line: string) => void;
}

/**
 * Sharpness-aware minimization of `max L(Q(w) + ε), ‖ε‖ ≤ ρ`: after the clean pass `ε = ρ·g/(‖g‖ + normFloor)`, the update
 * follows the gradient taken there, and everything is put back. Liu, Cai, Zhuang, arXiv 2111.12273, case 3.
 * @throws UsageError for a radius below 0 or an interval below 1.
 */
export function samPlugin(options: SamOptions): TrainingPlugin {
  const {
    rho,
    measureRho = rho,
    at = 'quantized',
    interval = 1,
    regularizers = true,
    warn = (line) => console.warn(line),
  } = options;
  check(options);
  const name = 'sam';
  let variables: VariableRegistry | undefined;
  let probes: Probes | undefined;
  const missing = new Set<string>();

  return {
    name,
    apply(hooks) {
      hooks.prepare.tap(name, (operands: readonly Operand[], registry: VariableRegistry) => {
        variables = registry;
        probes = createProbes(operands, registry, { owner: name, at, adaptive: Boolean(options.adaptive) });
      });
      hooks.operand.tap({ name, stage: OperandStage.latent }, (value, { key }, { phase }) =>
        isTrainingPass(phase) ? probes!.onLatent(key, value) : value,
      );
      hooks.operand.tap({ name, stage: OperandStage.perturb }, (value, { key }, { phase }) =>
        isTrainingPass(phase) ? probes!.onQuantized(key, value, phase) : value,
      );
      hooks.perturb.tap(name, (gradients, context) => {
        const radius = context.measuring ? measureRho : rho;
        if (radius === 0 || (!context.measuring && context.step % interval !== 0)) {
          probes!.forget();
          return undefined;
        }
        const penalties = regularizers ? {} : context.penaltyGradients();
        const { steps, absent } = stepsOf(gradients, penalties);
        for (const key of absent) warnOnce(key);
        return moveAndRestore(ascend(steps, { ...options, rho: radius }), () => probes!.forget());
      });
      hooks.onStepFailed.tap(name, () => {
        probes!.forget();
      });
      hooks.dispose.tap(name, () => {
        probes?.forget();
      });
    },
  };

  function stepsOf(gradients: tf.NamedTensorMap, penalties: tf.NamedTensorMap) {
    const inPlace = variables!
      .updated()
      .filter(({ key, role }) => !probes!.has(key) && movesInPlace(role, options));
    const steps = probes!.steps(gradients);
    const absent = probes!.keys().filter((key) => !steps.some((step) => step.key === key));
    for (const { key, role, variable } of inPlace) {
      const gradient = gradients[key];
      if (!gradient) absent.push(key);
      else
        steps.push({
          key,
          role,
          variable,
          value: variable,
          gradient: penalties[key] ? gradient.sub(penalties[key]) : gradient,
        });
    }
    return { steps, absent };
  }

  function warnOnce(key: string): void {
    if (missing.has(key)) return;
    missing.add(key);
    warn(`plugin "sam": the loss does not depend on "${key}"; it is not perturbed`);
  }
}

function isTrainingPass(phase: string): phase is 'clean' | 'perturbed' {
  return phase === 'clean' || phase === 'perturbed';
}

function movesInPlace(
  role: string,
  { batchNorm = true, bias = true, activationClip = true, weightClip = false }: SamOptions,
): boolean {
  switch (role) {
    case 'bias':
      return bias;
    case 'batchNormScale':
    case 'batchNormOffset':
      return batchNorm;
    case 'activationClip':
      return activationClip;
    case 'weightClip':
      return weightClip;
    default:
      // Weights that no operand reads, and whatever else the model trains.
      return true;
  }
}

function check({ rho, measureRho = rho, interval = 1 }: SamOptions): void {
  if (!(rho >= 0 && Number.isFinite(rho))) throw new UsageError(`sam.rho: got ${rho}; takes a number from 0`);
  if (!(measureRho >= 0 && Number.isFinite(measureRho))) {
    throw new UsageError(`sam.measureRho: got ${measureRho}; takes a number from 0`);
  }
  if (!Number.isInteger(interval) || interval < 1) {
    throw new UsageError(`sam.interval: got ${interval}; takes a whole number from 1`);
  }
}
