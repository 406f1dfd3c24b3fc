import { join } from 'node:path';

/** Where the parts of a run are in its folder. */
export interface RunFiles {
  readonly folder: string;
  readonly experiment: string;
  readonly metrics: string;
  readonly summary: string;
  readonly bits: string;
  readonly checkpoints: string;
  readonly plots: string;
}

export function runFiles(folder: string): RunFiles {
  return {
    folder,
    experiment: join(folder, 'experiment.json'),
    metrics: join(folder, 'metrics.jsonl'),
    summary: join(folder, 'summary.json'),
    bits: join(folder, 'bits.json'),
    checkpoints: join(folder, 'checkpoints'),
    plots: join(folder, 'plots'),
  };
}
