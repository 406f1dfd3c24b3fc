import { selectEngine } from '@flatbit/backends';
import { planOf, type Plan } from '@flatbit/core';
import { join } from 'node:path';
import { openExperiment } from './open-experiment.js';
import { presetModules } from './preset-modules.js';
import type { ResolvedExperiment } from './resolve-experiment.js';
import { runFiles } from './run/run-files.js';

/**
 * Which plugin taps which hook, in the order in which they run. Nothing is written and nothing trained.
 * @throws UsageError for what does not fit together.
 */
export async function planExperiment(experiment: ResolvedExperiment): Promise<Plan> {
  await selectEngine('cpu');
  const files = runFiles(join('runs', experiment.name));
  const warn = () => undefined;
  const open = openExperiment(
    presetModules(experiment, { files, manifest: {}, stream: process.stderr, warn }),
    warn,
  );
  try {
    return planOf(open.training.hooks);
  } finally {
    open.dispose();
  }
}
