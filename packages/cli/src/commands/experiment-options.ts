import {
  applyOverrides,
  loadExperimentFile,
  resolveExperiment,
  type ResolvedExperiment,
} from '@flatbit/experiment';

/** What the command line changes in an experiment file. */
export interface OverrideOptions {
  readonly set: readonly string[];
  readonly seed?: number;
  readonly backend?: string;
}

/** What every command takes that reads an experiment file. */
export interface ExperimentOptions extends OverrideOptions {
  readonly json?: boolean;
}

/** What every command takes that reads a run. */
export interface FileOptions extends OverrideOptions {
  /** The experiment file, where the run's folder does not hold all of it. */
  readonly file?: string;
}

/** The experiment of a file, with what the command line changes in it. */
export async function experimentOf(file: string, options: OverrideOptions): Promise<ResolvedExperiment> {
  const { set, seed, backend } = options;
  const assignments = [
    ...set,
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(backend === undefined ? [] : [`backend=${JSON.stringify(backend)}`]),
  ];
  return resolveExperiment(applyOverrides(await loadExperimentFile(file), assignments), file);
}
