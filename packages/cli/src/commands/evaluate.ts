import { evaluateRun } from '@flatbit/experiment';
import { experimentOfRun, type FileOptions } from './experiment-options.js';
import { measuresTable } from './measures-table.js';
import { print, warn } from './print.js';

export interface EvaluateOptions extends FileOptions {
  readonly backend?: string;
  readonly json?: boolean;
  readonly checkpoint: 'latest' | 'best';
}

/** `flatbit eval RUN`: what a checkpoint of a run measures. */
export async function evaluate(run: string, options: EvaluateOptions): Promise<void> {
  const { checkpoint, backend } = options;
  const experiment = await experimentOfRun(run, options);
  const evaluation = await evaluateRun(run, {
    checkpoint,
    warn,
    ...(backend !== undefined && { backend }),
    ...(experiment && { experiment }),
  });
  print(evaluation, options.json, () => {
    const { epoch, step, validation, test } = evaluation;
    return `${evaluation.checkpoint} (epoch ${epoch}, step ${step})\n${measuresTable({ validation, test })}`;
  });
}
