import { evaluateRun } from '@flatbit/experiment';
import { experimentOf, type ExperimentOptions, type FileOptions } from './experiment-options.js';
import { measuresTable } from './measures-table.js';
import { print, warn } from './print.js';

export interface EvaluateOptions extends ExperimentOptions, FileOptions {
  readonly checkpoint: 'latest' | 'best';
}

/** `flatbit eval RUN`: what a checkpoint of a run measures. */
export async function evaluate(run: string, options: EvaluateOptions): Promise<void> {
  const { file, checkpoint, backend } = options;
  const evaluation = await evaluateRun(run, {
    checkpoint,
    warn,
    ...(backend !== undefined && { backend }),
    ...(file !== undefined && { experiment: await experimentOf(file, options) }),
  });
  print(evaluation, options.json, () => {
    const { epoch, step, validation, test } = evaluation;
    return `${evaluation.checkpoint} (epoch ${epoch}, step ${step})\n${measuresTable({ validation, test })}`;
  });
}
