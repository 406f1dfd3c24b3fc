import { UsageError } from '@flatbit/core';
import { openRunFolder, resolveExperiment, runExperiment, type RunSummary } from '@flatbit/experiment';
import { Command } from 'commander';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { defaults, experiments, type DigitsOptions } from './experiments.js';
import { resultsPlot, resultsTable } from './report.js';

export interface MainOptions extends Partial<DigitsOptions> {
  /** Trains again what has been trained. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  /** Where progress is shown; nowhere unless given. */
  readonly stream?: Writable;
  readonly print?: (text: string) => void;
}

/**
 * Trains the digits network in full precision, then at 4 and at 2 bits with SAQ, and reports the three side by side. What
 * is finished is not trained again, what was interrupted goes on. Undefined if it was interrupted.
 */
export async function main(options: MainOptions = {}): Promise<readonly RunSummary[] | undefined> {
  const { overwrite = false, signal, stream, print = console.log } = options;
  const settings = { ...defaults, ...options };
  const summaries: RunSummary[] = [];
  for (const config of experiments(settings)) {
    const experiment = resolveExperiment(config);
    const folder = join(settings.out, experiment.name);
    const finished = join(folder, 'summary.json');
    if (existsSync(finished) && !overwrite) {
      // Refuses a run with other settings.
      openRunFolder(folder, experiment, { resume: true });
      summaries.push(JSON.parse(readFileSync(finished, 'utf8')) as RunSummary);
      print(`${experiment.name}: trained before, in ${folder} (--overwrite trains it again)`);
      continue;
    }
    const { interrupted, summary } = await runExperiment(experiment, {
      out: folder,
      overwrite: overwrite && existsSync(folder),
      resume: !overwrite && existsSync(join(folder, 'experiment.json')),
      ...(signal && { signal }),
      ...(stream && { stream }),
    });
    if (interrupted) return undefined;
    summaries.push(summary!);
  }
  print(resultsTable(summaries));
  const plot = join(settings.out, 'digits.svg');
  writeFileSync(plot, resultsPlot(summaries));
  print(`${plot} shows it; ${settings.out} holds the runs`);
  return summaries;
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const given = new Command('npm start --')
    .option('--out <folder>', 'folder of the runs', defaults.out)
    .option('--seed <n>', 'seed of weights and order', Number, defaults.seed)
    .option('--backend <name>', 'engine: tensorflow, wasm or cpu')
    .option('--overwrite', 'train again what has been trained')
    .parse()
    .opts<Pick<MainOptions, 'out' | 'seed' | 'backend' | 'overwrite'>>();
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort());
  try {
    const summaries = await main({ ...given, signal: interrupt.signal, stream: process.stderr });
    if (!summaries) {
      console.log('stopped; the same command goes on from here');
      process.exitCode = 130;
    }
  } catch (error) {
    console.error(`digits: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
