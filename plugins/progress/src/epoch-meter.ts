import type { Measures, StepReport } from '@flatbit/core';

/** How far the epoch under way has come. */
export interface EpochProgress {
  /** 1 in the first. */
  readonly epoch: number;
  /** Steps taken in it. */
  readonly steps: number;
  readonly stepsPerEpoch?: number | undefined;
  /** Means over its examples that this process has seen; none before the first finite step. */
  readonly measures?: Measures | undefined;
  /** Steps that met NaN or infinity. */
  readonly skippedSteps: number;
  /** From the end of the first step on; unknown before the second. */
  readonly examplesPerSecond?: number | undefined;
  /** Until the epoch's end, at that pace. */
  readonly secondsLeft?: number | undefined;
}

/** Follows one epoch, step by step. Times are in seconds, on any clock. */
export class EpochMeter {
  #loss = 0;
  readonly #metrics = new Map<string, number>();
  #finiteExamples = 0;
  #skippedSteps = 0;
  #timedExamples = 0;
  #timedSteps = 0;
  #firstEnded: number | undefined;

  /** Adds a step that ended `now`. */
  add(report: StepReport, now: number): EpochProgress {
    this.#count(report);
    if (this.#firstEnded === undefined) this.#firstEnded = now;
    else {
      this.#timedExamples += report.size;
      this.#timedSteps += 1;
    }
    const seconds = now - this.#firstEnded;
    const timed = this.#timedSteps > 0 && seconds > 0;
    const { stepsPerEpoch } = report;
    const steps = report.stepInEpoch + 1;
    return {
      epoch: report.epoch + 1,
      steps,
      stepsPerEpoch,
      measures: this.#measures(),
      skippedSteps: this.#skippedSteps,
      examplesPerSecond: timed ? this.#timedExamples / seconds : undefined,
      secondsLeft:
        timed && stepsPerEpoch !== undefined
          ? (seconds / this.#timedSteps) * Math.max(0, stepsPerEpoch - steps)
          : undefined,
    };
  }

  #count({ finite, size, loss, metrics }: StepReport): void {
    if (!finite) {
      this.#skippedSteps += 1;
      return;
    }
    this.#finiteExamples += size;
    this.#loss += loss * size;
    for (const [name, value] of Object.entries(metrics))
      this.#metrics.set(name, (this.#metrics.get(name) ?? 0) + value * size);
  }

  #measures(): Measures | undefined {
    const examples = this.#finiteExamples;
    if (examples === 0) return undefined;
    const metrics = [...this.#metrics].map(([name, sum]) => [name, sum / examples] as const);
    return { loss: this.#loss / examples, metrics: Object.fromEntries(metrics) };
  }
}
