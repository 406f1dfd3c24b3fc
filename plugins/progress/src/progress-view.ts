import type { EpochProgress } from './epoch-meter.js';

/** A way of showing progress. */
export interface ProgressView {
  /** A step has ended. `epochs` in all, where that is known. */
  step(progress: EpochProgress, epochs: number | undefined): void;
  /** A line to keep. */
  line(text: string): void;
  /** Leaves the stream as it was found; more may follow. */
  rest(): void;
}
