import type { BenchRow } from '../../bench-case.js';
import { median, quantile } from '../../statistics.js';
import type { Measured } from './measure-subject.js';

/** One row for each case: median and quartiles over the rounds, memory of a process of its own. */
export function timeTable(measured: readonly Measured[]): readonly BenchRow[] {
  return measured.map(({ subject, party, kind, rounds, memory }) => ({
    engine: subject.engine,
    network: subject.network,
    batch: subject.batch,
    case: party,
    step: kind,
    'ms (median)': round(median(rounds)),
    'quartiles, ms': `${round(quantile(rounds, 0.25))} to ${round(quantile(rounds, 0.75))}`,
    ...(memory && {
      'peak, MiB': mebibytes(memory.peak),
      'before the first step, MiB': mebibytes(memory.before),
    }),
    ...(memory?.heap !== undefined && { 'heap, MiB': mebibytes(memory.heap) }),
  }));
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
