import type { Operand, VariableRegistry } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';
import type { AscentStep } from './ascend.js';

/** Where a weight is perturbed; see {@link SamOptions.at}. */
export type PerturbAt = 'quantized' | 'latent' | 'beforeQuantizer';

export interface ProbeOptions {
  readonly owner: string;
  readonly at: PerturbAt;
  /** Whether the quantized weights are needed to scale the ball. */
  readonly adaptive: boolean;
}

/** Zero variables added to what the layers read: their gradient is the one at that place, their value is ε. */
export interface Probes {
  has(key: string): boolean;
  keys(): string[];
  onLatent(key: string, value: tf.Tensor): tf.Tensor;
  onQuantized(key: string, value: tf.Tensor, phase: 'clean' | 'perturbed'): tf.Tensor;
  /** What moves, and along which gradient; probes without one are left out. */
  steps(gradients: tf.NamedTensorMap): AscentStep[];
  /** Lets go of the weights seen in the clean pass. */
  forget(): void;
}

interface Probe {
  readonly perturbation: tf.Variable;
  /** Case 1 alone: what comes back through the quantizer is zero where the weight is saturated. */
  readonly latent?: tf.Variable;
}

/** One probe per trained weight operand; two in case 1. */
export function createProbes(
  operands: readonly Operand[],
  variables: VariableRegistry,
  { owner, at, adaptive }: ProbeOptions,
): Probes {
  const probes = new Map<string, Probe>();
  const weights = new Map<string, tf.Tensor>();
  for (const { key, role, shape } of operands) {
    if (role !== 'weight' || variables.get(key)?.gradient === 'none') continue;
    const create = (suffix: string) =>
      variables.create({ owner, key: `${key}/${suffix}`, role: 'perturbation', shape: shape as number[] });
    const perturbation = create('perturbation');
    probes.set(key, at === 'latent' ? { perturbation, latent: create('latentProbe') } : { perturbation });
  }
  const remember = (key: string, value: tf.Tensor) => {
    if (adaptive && !weights.has(key)) weights.set(key, tf.keep(value.clone()));
  };
  return {
    has: (key) => probes.has(key),
    keys: () => [...probes.keys()],
    onLatent(key, value) {
      const probe = probes.get(key);
      if (!probe || at === 'quantized') return value;
      if (at === 'beforeQuantizer') remember(key, value);
      return value.add(at === 'latent' ? probe.latent! : probe.perturbation);
    },
    onQuantized(key, value, phase) {
      const probe = probes.get(key);
      if (!probe || at === 'beforeQuantizer') return value;
      if (phase === 'clean') remember(key, value);
      return value.add(probe.perturbation);
    },
    steps: (gradients) =>
      [...probes].flatMap(([key, { perturbation, latent }]) => {
        const atPerturbation = gradients[`${key}/perturbation`];
        if (!atPerturbation) return [];
        const throughQuantizer = latent && gradients[`${key}/latentProbe`];
        const gradient = throughQuantizer
          ? atPerturbation.mul(throughQuantizer.notEqual(0).toFloat())
          : atPerturbation;
        return [
          {
            key,
            role: 'weight' as const,
            variable: perturbation,
            value: weights.get(key) ?? perturbation,
            gradient,
          },
        ];
      }),
    forget() {
      tf.dispose([...weights.values()]);
      weights.clear();
    },
  };
}
