import * as tf from '@tensorflow/tfjs';
import { UsageError } from '@flatbit/core';

let optimizers = 0;

/** What an optimizer remembers from step to step: float32 variables that start at zero, by name. */
export class Slots {
  readonly #variables = new Map<string, tf.Variable>();
  readonly #owner: string;
  #prefix = '';

  constructor(owner: string) {
    this.#owner = owner;
  }

  /** Begins a training under TF.js names of its own. @throws UsageError if the last one has not been disposed. */
  open(): void {
    if (this.#prefix) {
      throw new UsageError(
        `${this.#owner}: is already in a training; make an optimizer for each, or dispose the training first`,
      );
    }
    this.#prefix = `flatbit-${this.#owner}${(optimizers += 1)}`;
  }

  create(name: string, shape: readonly number[]): void {
    const variable = tf.tidy(() => tf.variable(tf.zeros([...shape]), false, `${this.#prefix}/${name}`));
    this.#variables.set(name, variable);
  }

  get(name: string): tf.Variable | undefined {
    return this.#variables.get(name);
  }

  all(): ReadonlyMap<string, tf.Variable> {
    return this.#variables;
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
    this.#variables.clear();
    this.#prefix = '';
  }
}
