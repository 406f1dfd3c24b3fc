export { applyOverrides } from './apply-overrides.js';
export { type ExperimentData } from './build/build-data.js';
export { countRunBops } from './count-run-bops.js';
export { createContainer } from './create-container.js';
export { defineExperiment } from './define-experiment.js';
export { describeKeys, type KeyDescription } from './describe-keys.js';
export { describeSettings } from './describe-settings.js';
export { evaluateRun, type EvaluateRunOptions, type RunEvaluation } from './evaluate-run.js';
export { experimentModule } from './experiment-module.js';
export { loadExperimentFile } from './load-experiment-file.js';
export { openExperiment, type OpenExperiment } from './open-experiment.js';
export { planExperiment } from './plan-experiment.js';
export { presetModules, type PresetOptions } from './preset-modules.js';
export { parseStoredBits, readBitsFile, type StoredBits } from './read-bits-file.js';
export { resolveExperiment, type ResolvedExperiment, type ResolveOptions } from './resolve-experiment.js';
export { runExperiment, type RunExperimentOptions, type RunResult } from './run-experiment.js';
export {
  cutMetrics,
  metricsLogPlugin,
  type MetricsLine,
  readMetrics,
  type StoredMeasures,
} from './run/metrics-log.js';
export { openRunFolder, type RunFolder, type RunFolderOptions } from './run/open-run-folder.js';
export { type RunFiles, runFiles } from './run/run-files.js';
export { type RunSummary } from './run/summarise-run.js';
export type { BatchSources } from './schema/data.js';
export type { ExperimentConfig, ExperimentSettings } from './schema/experiment.js';
export type { ModelFactory } from './schema/model.js';
export { DATA, EXPERIMENT, LOSS, MODEL, NETWORK, OPTIMIZER } from './tokens.js';
