import { isRecord, UsageError } from '@flatbit/core';
import { resolveExperiment, type ResolvedExperiment } from '../resolve-experiment.js';
import { refuseOtherRun, storedSettings } from './open-run-folder.js';
import type { RunFiles } from './run-files.js';

export interface SettleOptions {
  /** The experiment that the run was made of; needed where JSON could not hold all of it. */
  readonly experiment?: ResolvedExperiment;
}

/**
 * The experiment of a run: as its folder remembers it, or as it is given.
 * @throws UsageError if the folder holds no run, does not remember all of it, or holds that of another experiment.
 */
export function settleRun(files: RunFiles, { experiment }: SettleOptions): ResolvedExperiment {
  if (experiment) {
    refuseOtherRun(files, experiment);
    return withBackend(experiment, storedSettings(files));
  }
  const stored = storedSettings(files);
  const custom = findCustom(stored);
  // Every default is written out in it, also of what is not used.
  const warn = () => undefined;
  if (custom === undefined) return resolveExperiment(stored, files.experiment, { warn });
  throw new UsageError(
    `${files.folder}: "${custom}" was an object of the experiment's own, which no file holds; give the experiment file too`,
  );
}

/** An experiment on the engine that its run asked for. */
function withBackend({ backend: _, ...experiment }: ResolvedExperiment, stored: unknown): ResolvedExperiment {
  const backend = (stored as Pick<ResolvedExperiment, 'backend'>).backend;
  return { ...experiment, ...(backend !== undefined && { backend }) };
}

/** The first key whose value JSON could not hold. */
function findCustom(value: unknown, key = ''): string | undefined {
  if (Array.isArray(value)) return value.map((entry) => findCustom(entry, key)).find(Boolean);
  if (!isRecord(value)) return undefined;
  if ('custom' in value) return key;
  return Object.entries(value)
    .map(([name, entry]) => findCustom(entry, key === '' ? name : `${key}.${name}`))
    .find(Boolean);
}
