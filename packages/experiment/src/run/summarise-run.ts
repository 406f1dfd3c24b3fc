import { evaluate, measureSharpness, type Measures, type Sharpness } from '@flatbit/core';
import type { BopsReport } from '@flatbit/plugin-bops';
import type { OpenExperiment } from '../open-experiment.js';
import type { ResolvedExperiment } from '../resolve-experiment.js';
import { readMetrics, type MetricsLine, type StoredMeasures } from './metrics-log.js';

/** What `summary.json` says: the final measures of a run. */
export interface RunSummary {
  readonly name: string;
  readonly epochs: number;
  readonly steps: number;
  /** Means over the last epoch; absent if there was none. */
  readonly training?: MetricsLine['training'];
  readonly validation?: StoredMeasures;
  /** Measured once, with the final weights. */
  readonly test?: StoredMeasures;
  /** Of the validation part, or of the training part without one; where the experiment has `sam`. */
  readonly sharpness?: Sharpness;
  /** Bit operations per example, of the bits that run. */
  readonly bops: Omit<BopsReport, 'layers'>;
  /** The only part in which two equal runs differ. */
  readonly timing: { readonly seconds: number };
}

/** Measures what a finished training has come to. The test part is measured here and nowhere else. */
export async function summariseRun(
  { training, data }: OpenExperiment,
  { name, sam }: ResolvedExperiment,
  bops: BopsReport,
  metrics: string,
): Promise<RunSummary> {
  const lines = readMetrics(metrics);
  const last = lines.at(-1);
  const measures = sam !== false && (sam.measureRho ?? sam.rho) > 0;
  return {
    name,
    epochs: training.position.epoch,
    steps: training.position.step,
    ...(last && { training: last.training }),
    ...(data.validation && {
      validation: last?.validation ?? finite(await evaluate(training, data.validation)),
    }),
    ...(data.test && { test: finite(await evaluate(training, data.test)) }),
    ...(measures && { sharpness: await measureSharpness(training, data.validation ?? data.train) }),
    bops: bopsOf(bops),
    timing: { seconds: lines.reduce((sum, { timing }) => sum + timing.seconds, 0) },
  };
}

function bopsOf({ bops, fullPrecisionBops, ratio, macs, convention, uncounted }: BopsReport) {
  return { bops, fullPrecisionBops, ratio, macs, convention, uncounted };
}

/** Measures as a JSON file gives them back. */
function finite({ loss, metrics }: Measures): StoredMeasures {
  const orNull = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    loss: orNull(loss),
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, orNull(value)])),
  };
}
