import { formatPlan } from '@flatbit/core';
import { planExperiment } from '@flatbit/experiment';
import { experimentOf, type ExperimentOptions } from './experiment-options.js';
import { print } from './print.js';

/** `flatbit plan FILE`: the resolved order of the hooks. */
export async function plan(file: string, options: ExperimentOptions): Promise<void> {
  const resolved = await planExperiment(await experimentOf(file, options));
  print(resolved, options.json, () => formatPlan(resolved));
}
