import type { ExperimentConfig } from './schema/experiment.js';

/** Checks an experiment's types while it is written; gives back what it got. */
export function defineExperiment(config: ExperimentConfig): ExperimentConfig {
  return config;
}
