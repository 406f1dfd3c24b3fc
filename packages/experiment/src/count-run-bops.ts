import { selectEngine } from '@flatbit/backends';
import { countBops, type BopsReport, type CountOptions } from '@flatbit/plugin-bops';
import { openExperiment } from './open-experiment.js';
import { presetModules } from './preset-modules.js';
import { runFiles } from './run/run-files.js';
import { settleRun, type SettleOptions } from './run/stored-run.js';

/**
 * Counts the bit operations of a run's network, by the bits that run unless told otherwise.
 * @throws UsageError if the folder holds no run, or the run's settings cannot be read from it.
 */
export async function countRunBops(
  folder: string,
  { convention = 'actual', ...settle }: CountOptions & SettleOptions = {},
): Promise<BopsReport> {
  const files = runFiles(folder);
  const experiment = settleRun(files, settle);
  await selectEngine('cpu');
  const warn = () => undefined;
  const open = openExperiment(presetModules(experiment, { files, manifest: {}, warn }), warn);
  try {
    const { operands, unsupported } = open.training.model;
    return countBops(operands, open.bits, { convention, unsupported });
  } finally {
    open.dispose();
  }
}
