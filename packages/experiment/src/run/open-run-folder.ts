import { isRecord, showValue, UsageError, type Json } from '@flatbit/core';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { describeSettings } from '../describe-settings.js';
import { readJson } from './read-json.js';
import { runFiles, type RunFiles } from './run-files.js';

/** What to do about a folder that is there. */
export interface RunFolderOptions {
  /** Goes on with the run that is in it. */
  readonly resume?: boolean;
  /** Removes the run that is in it. */
  readonly overwrite?: boolean;
}

/** The folder of a run, seen and not touched. */
export interface RunFolder {
  readonly files: RunFiles;
  /** Makes it; removes the run that is to be overwritten, and the summary of the one that goes on. */
  prepare(): void;
}

/**
 * Sees that a run with these `settings` may go into a folder, and changes nothing.
 * @throws UsageError for a folder that is not empty and neither to be resumed nor to be overwritten, one that is to be and
 * holds no run, and a run with other settings; `epochs` may be raised.
 */
export function openRunFolder(folder: string, settings: object, options: RunFolderOptions): RunFolder {
  const { resume = false, overwrite = false } = options;
  if (resume && overwrite)
    throw new UsageError(`${folder}: got both resume and overwrite; takes one of them`);
  const files = runFiles(folder);
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new UsageError(`${folder}: not a folder; give another one for the run`);
  if (resume) refuseToResume(files, settings);
  else if (overwrite) refuseOtherFolder(files);
  else if (!isEmpty(folder))
    throw new UsageError(
      `${folder}: exists and is not empty; resume the run in it, overwrite it, or give another folder (--resume, --overwrite, --out)`,
    );
  return {
    files,
    prepare() {
      if (overwrite) removeRun(files);
      // It says what the run had come to before it went on.
      else rmSync(files.summary, { force: true });
      mkdirSync(files.plots, { recursive: true });
    },
  };
}

/** The settings of the run in a folder. @throws UsageError if it holds none. */
export function storedSettings(files: RunFiles): Json {
  if (!existsSync(files.experiment))
    throw new UsageError(`${files.folder}: no run is there (no experiment.json); give the folder of a run`);
  const stored = readJson(files.experiment);
  if (isRecord(stored) && 'settings' in stored && 'engine' in stored) return stored['settings'] as Json;
  throw new UsageError(`${files.experiment}: not written by a run; give the folder of a run`);
}

function isEmpty(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

function refuseOtherFolder(files: RunFiles): void {
  if (!isEmpty(files.folder)) storedSettings(files);
}

/** Removes what a run writes and nothing else. */
function removeRun({ experiment, metrics, summary, bits, checkpoints, plots }: RunFiles): void {
  for (const path of [experiment, metrics, summary, bits, checkpoints, plots])
    rmSync(path, { recursive: true, force: true });
}

/** @throws UsageError that lists the keys in which `settings` differ from those of the run in a folder; `epochs` may be raised. */
function refuseToResume(files: RunFiles, settings: object): void {
  const differences = differ(storedSettings(files), describeSettings(settings)).filter(
    ({ key, stored, given }) => !(key === 'epochs' && Number(given) > Number(stored)),
  );
  const bends = differences.some(({ key }) => key === 'schedule.epochs');
  const more = bends ? 'epochs may be raised, with the old schedule.epochs' : 'epochs may be raised';
  refuse(files, differences, `resume with the same ones (${more})`);
}

/**
 * Sees that `settings` are those that a run was trained with; its engine may be another one.
 * @throws UsageError that lists the keys in which they differ.
 */
export function refuseOtherRun(files: RunFiles, settings: object): void {
  const differences = differ(storedSettings(files), describeSettings(settings));
  refuse(
    files,
    differences.filter(({ key }) => key !== 'backend'),
    'give the experiment file that it was trained from, and the same changes to it (--set, --seed)',
  );
}

function refuse({ folder }: RunFiles, differences: readonly Difference[], advice: string): void {
  if (differences.length === 0) return;
  const listed = differences.map(
    ({ key, stored, given }) => `${key} was ${showValue(stored)} and is ${showValue(given)}`,
  );
  throw new UsageError(`${folder}: the run in it has other settings: ${listed.join('; ')}; ${advice}`);
}

interface Difference {
  readonly key: string;
  readonly stored: unknown;
  readonly given: unknown;
}

/** Dotted keys whose values differ. */
function differ(stored: unknown, given: unknown, key = ''): readonly Difference[] {
  if (isRecord(stored) && isRecord(given)) {
    const keys = new Set([...Object.keys(stored), ...Object.keys(given)]);
    return [...keys].flatMap((name) =>
      differ(stored[name], given[name], key === '' ? name : `${key}.${name}`),
    );
  }
  return JSON.stringify(stored) === JSON.stringify(given) ? [] : [{ key, stored, given }];
}
