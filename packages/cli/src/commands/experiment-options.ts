import { UsageError } from '@flatbit/core';
import {
  applyOverrides,
  loadExperimentFile,
  resolveExperiment,
  type ResolvedExperiment,
} from '@flatbit/experiment';
import { warn } from './print.js';

/** What the command line changes in an experiment file. */
export interface OverrideOptions {
  readonly set: readonly string[];
  readonly seed?: number;
}

/** What every command takes that reads an experiment file. */
export interface ExperimentOptions extends OverrideOptions {
  readonly backend?: string;
  readonly json?: boolean;
}

/** What every command takes that reads a run. */
export interface FileOptions extends OverrideOptions {
  /** The experiment file, where the run's folder does not hold all of it. */
  readonly file?: string;
}

/** The experiment of a file, with what the command line changes in it. */
export async function experimentOf(
  file: string,
  options: OverrideOptions & Pick<ExperimentOptions, 'backend'>,
): Promise<ResolvedExperiment> {
  const { set, seed, backend } = options;
  const assignments = [
    ...set,
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(backend === undefined ? [] : [`backend=${JSON.stringify(backend)}`]),
  ];
  return resolveExperiment(applyOverrides(await loadExperimentFile(file), assignments), file, { warn });
}

/**
 * The experiment of a run's file, where one is given.
 * @throws UsageError for changes without a file to change: a run has its own settings.
 */
export async function experimentOfRun(
  run: string,
  options: FileOptions,
): Promise<ResolvedExperiment | undefined> {
  const { file, set, seed } = options;
  if (file !== undefined) return experimentOf(file, { set, ...(seed !== undefined && { seed }) });
  const changed = set.length > 0 ? '--set' : seed === undefined ? undefined : '--seed';
  if (changed === undefined) return undefined;
  throw new UsageError(
    `${run}: a run has its own settings; leave ${changed} out, or give their file (--file)`,
  );
}
