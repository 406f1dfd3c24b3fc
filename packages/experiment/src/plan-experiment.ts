import { selectEngine } from '@flatbit/backends';
import { planOf, type Plan } from '@flatbit/core';
import { join } from 'node:path';
import { openExperiment } from './open-experiment.js';
import { presetModules } from './preset-modules.js';
import type { ResolvedExperiment } from './resolve-experiment.js';
import { refuseUnmeasured } from './run/refuse-unmeasured.js';
import { runFiles } from './run/run-files.js';
import { startFrom } from './run/start-from.js';

/**
 * Which plugin taps which hook, in the order in which they run. Nothing is written and nothing trained.
 * @throws UsageError for what does not fit together, and a `start` that is not there or holds another model.
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
    const { training, network, data } = open;
    refuseUnmeasured(experiment, data);
    // Into a training that ends here: what it starts from has to be there, and to fit.
    if (experiment.start !== undefined) await startFrom({ training, network }, experiment.start);
    return planOf(training.hooks);
  } finally {
    open.dispose();
  }
}
