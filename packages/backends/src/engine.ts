/** The engines that can be asked for, fastest first. */
export const engineNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;

/** Name of a TensorFlow.js engine. */
export type EngineName = (typeof engineNames)[number];

/** An engine that was passed over, and why. */
export interface SkippedEngine {
  readonly name: EngineName;
  readonly reason: string;
}

/** The engine that TensorFlow.js now computes on. */
export interface Engine {
  readonly name: EngineName;
  /** Version of what computes: the backend's, and TensorFlow's own where that is inside. */
  readonly version: string;
  /** Threads of this machine's processor that it computes with. */
  readonly threads: number;
  /** The graphics processor that it computes on, if it does. */
  readonly gpu?: string;
  /** Whether it has this project's ops, compiled by `flatbit native install`: for `tensorflow` alone. */
  readonly customOps?: boolean;
  /** What it does without on this machine, and why, each in a line. */
  readonly notes?: readonly string[];
  /** Why it is this one. */
  readonly reason: string;
  /** The engines that would have come before it. */
  readonly skipped: readonly SkippedEngine[];
}
