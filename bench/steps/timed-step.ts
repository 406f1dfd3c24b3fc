/** One step that can be taken again and again. */
export interface TimedStep {
  /** Ends when the step's loss has been read. @throws Error when the loss is not finite. */
  run(): Promise<void>;
}
