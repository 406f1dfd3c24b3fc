import { TRAINING_PLUGIN, BIT_ALLOCATION } from '@flatbit/core/tokens';
import type { TrainingPlugin } from '@flatbit/core';
import type { ManifestFields } from '@flatbit/plugin-checkpoint';
import { checkpointModule } from '@flatbit/plugin-checkpoint/module';
import type { ProgressStream } from '@flatbit/plugin-progress';
import { progressModule } from '@flatbit/plugin-progress/module';
import { QUANTIZER, quantizeModule } from '@flatbit/plugin-quantize/module';
import { samModule } from '@flatbit/plugin-sam/module';
import { scheduleModule } from '@flatbit/plugin-schedule/module';
import { ContainerModule } from 'inversify';
import { atKey } from './build/at-key.js';
import { buildBits, quantizes } from './build/build-bits.js';
import { buildQuantizer } from './build/build-quantizer.js';
import { buildSchedule } from './build/build-schedule.js';
import { experimentModule } from './experiment-module.js';
import type { ResolvedExperiment } from './resolve-experiment.js';
import { metricsLogPlugin } from './run/metrics-log.js';
import type { RunFiles } from './run/run-files.js';

/** Where a run writes. */
export interface PresetOptions {
  readonly files: RunFiles;
  /** Further fields of each checkpoint's manifest. */
  readonly manifest: ManifestFields;
  /** Where progress is shown; nowhere unless given. */
  readonly stream?: ProgressStream;
  /** Where warnings go. */
  readonly warn: (line: string) => void;
}

/** The modules that an experiment is made of: one per plugin that its settings ask for. */
export function presetModules(
  experiment: ResolvedExperiment,
  { files, manifest, stream, warn }: PresetOptions,
): readonly ContainerModule[] {
  const { name, epochs, sam, checkpoint, plugins } = experiment;
  const schedule = atKey('schedule', () => buildSchedule(experiment));
  return [
    experimentModule(experiment),
    bitsModule(experiment),
    ...(quantizes(experiment)
      ? [quantizerModule(experiment), quantizeModule({ signed: experiment.signed })]
      : []),
    ...(sam === false ? [] : [samModule({ ...sam, warn })]),
    ...(schedule ? [scheduleModule(schedule)] : []),
    pluginsModule(plugins),
    // Before the checkpoint: what a checkpoint knows has its line.
    pluginsModule([metricsLogPlugin(files.metrics)]),
    ...(checkpoint === false
      ? []
      : [checkpointModule({ ...checkpointOptions(checkpoint), folder: files.checkpoints, manifest })]),
    ...(stream ? [progressModule({ stream, label: name, epochs })] : []),
  ];
}

function bitsModule(experiment: ResolvedExperiment): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(BIT_ALLOCATION).toConstantValue(buildBits(experiment));
  });
}

function quantizerModule(experiment: ResolvedExperiment): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(QUANTIZER).toConstantValue({ choice: atKey('quantizer', () => buildQuantizer(experiment)) });
  });
}

function pluginsModule(plugins: readonly TrainingPlugin[]): ContainerModule {
  return new ContainerModule(({ bind }) => {
    for (const plugin of plugins) bind(TRAINING_PLUGIN).toConstantValue(plugin);
  });
}

function checkpointOptions({ every, keepLast, best }: Exclude<ResolvedExperiment['checkpoint'], false>) {
  return {
    every: { epochs: every },
    keepLast,
    ...(best !== false && { best: { metric: best, mode: best === 'loss' ? 'min' : 'max' } as const }),
  };
}
