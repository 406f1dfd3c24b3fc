/** Hears how an installation goes on. */
export interface InstallReporter {
  /** A step begins. */
  step(text: string): void;
  /** How far the step is, 0 to 1. */
  progress(share: number): void;
  /** Something went wrong that the engine can do without. */
  warn(text: string): void;
}
