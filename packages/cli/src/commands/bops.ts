import { selectEngine } from '@flatbit/backends';
import { fixedBits, UsageError, type BitAllocation } from '@flatbit/core';
import { bitsByLayer, bitsFromList, quantizable } from '@flatbit/layers';
import { createModel } from '@flatbit/models';
import { bopsTable, countBops, type BopsConvention, type BopsReport } from '@flatbit/plugin-bops';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FileOptions } from './experiment-options.js';
import { print } from './print.js';

/** What shapes the network of a model, and its bits; a run has its own. */
interface ModelOptions {
  readonly bits?: number;
  readonly weights?: number;
  readonly activations?: number;
  readonly bitsFile?: string;
  readonly classes?: number;
  readonly inputShape?: readonly [number, number, number];
}

export interface BopsOptions extends ModelOptions, FileOptions {
  readonly convention?: BopsConvention;
  readonly json?: boolean;
}

/** `flatbit bops MODEL|RUN`: bit operations per example. */
export async function bops(what: string, options: BopsOptions): Promise<void> {
  const report = isRun(what) ? await countRun(what, options) : await countModel(what, options);
  print(report, options.json, () => bopsTable(report));
}

/** A path, or a name that is a run's folder. */
function isRun(what: string): boolean {
  return /[\\/]/.test(what) || existsSync(join(what, 'experiment.json'));
}

async function countRun(run: string, options: BopsOptions): Promise<BopsReport> {
  const { convention } = options;
  const foreign = (['bits', 'weights', 'activations', 'bitsFile', 'classes', 'inputShape'] as const).find(
    (key) => options[key] !== undefined,
  );
  if (foreign) {
    const what = foreign === 'bitsFile' ? 'bits' : foreign;
    throw new UsageError(`${run}: a run has its own ${what}; leave it out, or name a model instead of a run`);
  }
  // A model by name needs none of this.
  const [{ countRunBops }, { experimentOfRun }] = await Promise.all([
    import('@flatbit/experiment'),
    import('./experiment-options.js'),
  ]);
  const experiment = await experimentOfRun(run, options);
  return countRunBops(run, {
    ...(convention && { convention }),
    ...(experiment && { experiment }),
  });
}

async function countModel(name: string, options: BopsOptions): Promise<BopsReport> {
  const { classes, inputShape, convention } = options;
  const foreign = [
    ...(options.file === undefined ? [] : ['--file']),
    ...(options.set.length > 0 ? ['--set'] : []),
    ...(options.seed === undefined ? [] : ['--seed']),
  ];
  if (foreign.length > 0)
    throw new UsageError(
      `${name}: a model has no ${foreign[0]}; leave it out, or name the folder of a run instead of a model`,
    );
  const bits = await bitsOf(options);
  await selectEngine('cpu');
  const network = createModel(name, {
    ...(classes !== undefined && { classes }),
    ...(inputShape && { inputShape }),
  });
  const model = quantizable(network);
  try {
    bits.check?.(model.operands);
    return countBops(model.operands, bits, {
      unsupported: model.unsupported,
      ...(convention && { convention }),
    });
  } finally {
    model.dispose();
    network.dispose();
  }
}

async function bitsOf({ bitsFile, ...uniform }: ModelOptions): Promise<BitAllocation> {
  const { bits = 32, weights = bits, activations = bits } = uniform;
  if (bitsFile === undefined) return fixedBits({ weights, activations });
  const other = (['bits', 'weights', 'activations'] as const).find((key) => uniform[key] !== undefined);
  if (other) throw new UsageError(`--bits-file: has the bits of every layer; leave --${other} out`);
  const { readBitsFile } = await import('@flatbit/experiment');
  const stored = readBitsFile(bitsFile);
  return 'format' in stored ? bitsByLayer(stored.layers) : bitsFromList(stored);
}
