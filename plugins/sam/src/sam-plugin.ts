import { OperandStage, type Operand, type TrainingPlugin, type VariableRegistry } from '@flatbit/core';
import type * as tf from '@tensorflow/tfjs';
import { ascend, type AdaptiveOptions, type AscentStep } from './ascend.js';
import { checkOptions } from './check-options.js';
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
  /**
   * Whether regularizers of what moves in place (biases, γ, β, clip values) count in ε; true unless given. Those of weights
   * never do: what is minimized is `L(Q(w) + ε) + R(w)`, so they see the latent weight, the same one in both passes.
   */
  readonly regularizers?: boolean;
  /** Added to ‖g‖; 1e-12 unless given. */
  readonly normFloor?: number;
  /** Where one-line warnings go; `console.warn` unless given. */
  readonly warn?: (line: string) => void;
}

/**
 * Sharpness-aware minimization of `max L(Q(w) + ε), ‖ε‖ ≤ ρ`: after the clean pass `ε = ρ·g/(‖g‖ + normFloor)`, the update
 * follows the gradient taken there, and everything is put back. Liu, Cai, Zhuang, arXiv 2111.12273, case 3.
 * @throws UsageError for an option that cannot be: a radius, η or `normFloor` below 0, an interval below 1, an unknown `at` or `form`.
 */
export function samPlugin(options: SamOptions): TrainingPlugin {
  checkOptions(options);
  const {
    rho,
    measureRho = rho,
    at = 'quantized',
    interval = 1,
    regularizers = true,
    warn = (line) => console.warn(line),
  } = options;
  const name = 'sam';
  return {
    name,
    apply(hooks) {
      let variables: VariableRegistry | undefined;
      let probes: Probes | undefined;
      const missing = new Set<string>();

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
        const { steps, absent } = stepsOf(gradients, penalties, options, {
          variables: variables!,
          probes: probes!,
        });
        for (const key of absent) {
          if (!missing.has(key))
            warn(`plugin "sam": the loss does not depend on "${key}"; it is not perturbed`);
          missing.add(key);
        }
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
}

/** What moves along which gradient, and the keys of what has none. */
function stepsOf(
  gradients: tf.NamedTensorMap,
  penalties: tf.NamedTensorMap,
  options: SamOptions,
  { variables, probes }: { readonly variables: VariableRegistry; readonly probes: Probes },
): { readonly steps: readonly AscentStep[]; readonly absent: readonly string[] } {
  const inPlace = variables
    .updated()
    .filter(({ key, role }) => !probes.has(key) && movesInPlace(role, options));
  const steps = probes.steps(gradients);
  const absent = probes.keys().filter((key) => !steps.some((step) => step.key === key));
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
