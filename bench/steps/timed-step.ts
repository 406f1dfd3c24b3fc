/** One step that can be taken again and again; it ends when a result has been read back. */
export type TimedStep = () => Promise<void>;
