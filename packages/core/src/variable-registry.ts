import * as tf from '@tensorflow/tfjs';
import { UsageError } from './usage-error.js';

/** What a variable is for. SAM, decay and parameter groups find variables by role, never by plugin. */
export type VariableRole =
  | 'weight'
  | 'bias'
  | 'batchNormScale'
  | 'batchNormOffset'
  | 'weightClip'
  | 'activationClip'
  | 'perturbation'
  | 'statistic'
  | 'other';

/**
 * Who gets a variable's gradient: the `update` (and the perturbation before it); the perturbation `probe` alone, in the
 * clean pass; or nobody, because it moves without one.
 */
export type GradientUse = 'update' | 'probe' | 'none';

export interface RegisteredVariable {
  /** Stable and unique in a training: layer path / slot / role. */
  readonly key: string;
  readonly role: VariableRole;
  /** `model`, or the plugin that made it. */
  readonly owner: string;
  readonly gradient: GradientUse;
  readonly variable: tf.Variable;
}

export interface VariableRequest {
  readonly owner: string;
  readonly key: string;
  readonly role: VariableRole;
  readonly shape: readonly number[];
  /** Every element's first value; 0 unless given. */
  readonly initial?: number;
}

const gradientUse: Partial<Record<VariableRole, GradientUse>> = { perturbation: 'probe', statistic: 'none' };

let registries = 0;

/** Holds every variable of one training, in the fixed order in which gradients are taken and updates are made. */
export class VariableRegistry {
  readonly #variables = new Map<string, RegisteredVariable>();
  readonly #made: tf.Variable[] = [];
  readonly #prefix = `flatbit${(registries += 1)}`;

  /** Takes in variables that live elsewhere; they are not disposed with the registry. */
  adopt(variables: readonly RegisteredVariable[]): void {
    for (const variable of variables) this.#add(variable);
  }

  /** Makes a float32 variable under a TF.js name of its own. @throws UsageError if the key is taken. */
  create({ owner, key, role, shape, initial = 0 }: VariableRequest): tf.Variable {
    this.#refuseTaken(key, owner);
    const variable = tf.tidy(() => tf.variable(tf.fill([...shape], initial), true, `${this.#prefix}/${key}`));
    this.#made.push(variable);
    this.#add({ key, role, owner, gradient: gradientUse[role] ?? 'update', variable });
    return variable;
  }

  get(key: string): RegisteredVariable | undefined {
    return this.#variables.get(key);
  }

  all(): readonly RegisteredVariable[] {
    return [...this.#variables.values()];
  }

  withRole(...roles: readonly VariableRole[]): readonly RegisteredVariable[] {
    return this.all().filter(({ role }) => roles.includes(role));
  }

  /** What the optimizer moves. */
  updated(): readonly RegisteredVariable[] {
    return this.all().filter(({ gradient }) => gradient === 'update');
  }

  /** What gets a gradient in the clean pass: the updated ones and the probes. */
  differentiated(): readonly RegisteredVariable[] {
    return this.all().filter(({ gradient }) => gradient !== 'none');
  }

  /** What a checkpoint holds: everything but perturbations, which are zero between steps. */
  saved(): readonly RegisteredVariable[] {
    return this.all().filter(({ role }) => role !== 'perturbation');
  }

  /** Frees what `create` made. */
  dispose(): void {
    for (const variable of this.#made.splice(0)) variable.dispose();
    this.#variables.clear();
  }

  #add(variable: RegisteredVariable): void {
    this.#refuseTaken(variable.key, variable.owner);
    this.#variables.set(variable.key, variable);
  }

  #refuseTaken(key: string, owner: string): void {
    const taken = this.#variables.get(key);
    if (taken)
      throw new UsageError(`variable "${key}" of "${taken.owner}" exists; "${owner}" needs another key`);
  }
}
