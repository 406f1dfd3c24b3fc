import { fit } from '@flatbit/core';
import { selectEngine } from '@flatbit/backends';
import { countBops } from '@flatbit/plugin-bops';
import type { ManifestFields } from '@flatbit/plugin-checkpoint';
import type { ProgressStream } from '@flatbit/plugin-progress';
import type { ContainerModule } from 'inversify';
import { join } from 'node:path';
import { describeSettings } from './describe-settings.js';
import { openExperiment } from './open-experiment.js';
import { presetModules } from './preset-modules.js';
import type { ResolvedExperiment } from './resolve-experiment.js';
import { refuseUnmeasured } from './run/refuse-unmeasured.js';
import { beginRun } from './run/begin-run.js';
import { drawPlots } from './run/draw-plots.js';
import { runEnvironment } from './run/environment.js';
import { cutMetrics } from './run/metrics-log.js';
import { openRunFolder, type RunFolderOptions } from './run/open-run-folder.js';
import { summariseRun, type RunSummary } from './run/summarise-run.js';
import { writeBits } from './run/write-bits.js';
import { writeJson } from './run/write-json.js';

export interface RunExperimentOptions extends RunFolderOptions {
  /** The run's folder; `runs/<name>` unless given. */
  readonly out?: string;
  /** Further modules, loaded after those of the settings: one that rebinds a token swaps what is under it. No file holds them. */
  readonly modules?: readonly ContainerModule[];
  /** Stops the run between two steps, after a checkpoint. */
  readonly signal?: AbortSignal;
  /** Where progress is shown; nowhere unless given. */
  readonly stream?: ProgressStream;
  /** Where one-line warnings go; `console.warn` unless given. */
  readonly warn?: (line: string) => void;
}

/** What a run did. */
export interface RunResult {
  readonly folder: string;
  /** True if the signal ended it. */
  readonly interrupted: boolean;
  /** Epochs completed. */
  readonly epoch: number;
  /** Steps taken. */
  readonly step: number;
  /** Absent if it was interrupted. */
  readonly summary?: RunSummary;
}

/**
 * Trains an experiment into a run folder. Validation is measured after each epoch, the test part once, at the end.
 * @throws UsageError for settings that do not fit together, and a folder that cannot be used; nothing is written then.
 * @throws NonFiniteError if training meets NaN or infinity and is not told to skip such steps.
 */
export async function runExperiment(
  experiment: ResolvedExperiment,
  options: RunExperimentOptions = {},
): Promise<RunResult> {
  const { warn = (line) => console.warn(line), signal, stream, modules: further = [] } = options;
  const folder = openRunFolder(options.out ?? join('runs', experiment.name), experiment, options);
  const { files } = folder;
  const environment = runEnvironment(await selectEngine(experiment.backend));
  const manifest: ManifestFields = { experiment: experiment.name, seed: experiment.seed, ...environment };
  const modules = presetModules(experiment, { files, manifest, warn, ...(stream && { stream }) });
  const open = openExperiment([...modules, ...further], warn);
  try {
    const { training, data, bits } = open;
    refuseUnmeasured(experiment, data);
    const { operands, unsupported } = training.model;
    const bops = countBops(operands, bits, { convention: 'actual', unsupported });
    await beginRun(open, experiment, { files, manifest, resume: options.resume ?? false });
    folder.prepare();
    await writeJson(files.experiment, { settings: describeSettings(experiment), ...environment });
    const { seed } = experiment;
    await writeBits(files.bits, { operands, bits, report: bops, seed, versions: environment.versions });
    await cutMetrics(files.metrics, training.position.epoch);
    const { interrupted } = await fit(training, data.train, {
      epochs: experiment.epochs,
      onNonFinite: experiment.onNonFinite,
      ...(data.validation && { validation: data.validation }),
      ...(signal && { signal }),
    });
    const { epoch, step } = training.position;
    await drawPlots(files, bops);
    if (interrupted) return { folder: files.folder, interrupted, epoch, step };
    const summary = await summariseRun(open, experiment, bops, files.metrics);
    await writeJson(files.summary, summary);
    return { folder: files.folder, interrupted, epoch, step, summary };
  } finally {
    open.dispose();
  }
}
