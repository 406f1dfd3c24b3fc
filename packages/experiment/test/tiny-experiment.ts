import type { EngineName } from '@flatbit/backends';
import { resolveExperiment, type ExperimentConfig, type ResolvedExperiment } from '@flatbit/experiment';
import { testEngine } from '@flatbit/testing';
import { temporaryFolder } from './temporary-folder.js';
import { writeTinyIdx } from './tiny-idx.js';

let files: { readonly images: string; readonly labels: string } | undefined;

/** An experiment of three steps an epoch on the engine to test on: 24 images train, 12 validate, 12 test. */
export function tinyConfig(changes: Partial<ExperimentConfig> = {}): ExperimentConfig {
  files ??= writeTinyIdx(temporaryFolder());
  return {
    name: 'tiny',
    backend: testEngine as EngineName,
    model: { name: 'small-cnn', width: 2 },
    data: { name: 'idx', ...files, classes: 3, split: { train: 24, validation: 12, test: 12 } },
    batchSize: 8,
    epochs: 2,
    ...changes,
  };
}

export function tinyExperiment(changes: Partial<ExperimentConfig> = {}): ResolvedExperiment {
  return resolveExperiment(tinyConfig(changes), 'tiny', { warn: () => undefined });
}
