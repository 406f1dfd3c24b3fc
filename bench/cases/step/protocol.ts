import type { StepKind } from '../../steps/step-kind.js';

/** What a process says when it can take steps. */
export interface Ready {
  readonly engine: string;
  readonly threads: number;
  /** Trainable parameters of the network, clip values apart: equal in every process that trains the same network. */
  readonly parameters: number;
}

/** Asks for steps, one after the other. */
export interface Request {
  readonly kind: StepKind;
  readonly steps: number;
}

/** Bytes of the process that took the steps. */
export interface Memory {
  /** Largest resident set before the first step: engine, network, batch. */
  readonly before: number;
  /** Largest resident set so far. */
  readonly peak: number;
  /** On `wasm`: size of the heap, which never shrinks. */
  readonly heap?: number;
}

export interface Answer {
  /** Of each step. */
  readonly milliseconds: readonly number[];
  readonly memory: Memory;
}

/** One JSON line from a process: `ready` once, then one answer to each request. */
export type Message = { readonly ready: Ready } | Answer | { readonly error: string };
