import { globalNorm, type VariableRole } from '@flatbit/core';
import * as tf from '@tensorflow/tfjs';

/** Sharpness measured relative to the size of each parameter: Kwon et al., arXiv 2102.11600. */
export interface AdaptiveOptions {
  /** η, added to `|p|`; 0.01 unless given. */
  readonly eta?: number;
  /** `asam`: `ε = ρ·T²g/‖Tg‖`; `paper` leaves η out of the numerator, as the published SAQ code does. */
  readonly form?: 'asam' | 'paper';
}

export interface AscentOptions {
  readonly rho: number;
  readonly adaptive?: boolean | AdaptiveOptions;
  readonly normFloor?: number;
}

/** Something that moves: `variable` by ε, along `gradient`, scaled by the size of `value` in the adaptive form. */
export interface AscentStep {
  readonly key: string;
  readonly role: VariableRole;
  readonly variable: tf.Variable;
  readonly value: tf.Tensor;
  readonly gradient: tf.Tensor;
}

/** Where each variable is in the second pass. */
export interface Move {
  readonly variable: tf.Variable;
  readonly to: tf.Tensor;
}

/** `ε = ρ·g/(‖g‖ + normFloor)` with one norm over everything that moves; a zero gradient gives ε = 0. Inside a tidy. */
export function ascend(steps: readonly AscentStep[], options: AscentOptions): readonly Move[] {
  const { rho, adaptive = false, normFloor = 1e-12 } = options;
  const scaled = steps.map((step) => ({ step, ...(adaptive ? scale(step, adaptive) : plain(step)) }));
  if (scaled.length === 0) return [];
  const factor = tf.scalar(rho).div(globalNorm(scaled.map(({ measured }) => measured)).add(normFloor));
  return scaled.map(({ step: { variable }, direction }) => ({
    variable,
    to: variable.add(direction.mul(factor)),
  }));
}

/** What counts in the norm, and what is moved along. */
interface Scaled {
  readonly measured: tf.Tensor;
  readonly direction: tf.Tensor;
}

function plain({ gradient }: AscentStep): Scaled {
  return { measured: gradient, direction: gradient };
}

/** `T = |p| + η` for weights, clip values and γ; 1 for biases and β. */
function scale({ role, value, gradient }: AscentStep, adaptive: true | AdaptiveOptions): Scaled {
  if (role === 'bias' || role === 'batchNormOffset') return { measured: gradient, direction: gradient };
  const { eta = 0.01, form = 'asam' } = adaptive === true ? {} : adaptive;
  const size = value.abs();
  const t = size.add(eta);
  const measured = gradient.mul(t);
  return { measured, direction: form === 'asam' ? measured.mul(t) : gradient.mul(size).mul(size) };
}
