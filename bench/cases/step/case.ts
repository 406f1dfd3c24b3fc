import { UsageError } from '@flatbit/core';
import { cpus, loadavg } from 'node:os';
import type { BenchResult, BenchRow } from '../../bench-case.js';
import { preparePeer } from '../../peers/prepare-peer.js';
import { measureSubject, type Measured, type Skipped } from './measure-subject.js';
import { partiesOf } from './parties.js';
import { ratioTable } from './ratio-table.js';
import { shorten, type StepOptions } from './step-options.js';
import { subjects, type Subject } from './subjects.js';
import { timeTable } from './time-table.js';

export { stepOptions as options } from './step-options.js';

/** Steps of flatbit beside stock TF.js layers, PyTorch and the convolutions alone. */
export async function bench(asked: StepOptions): Promise<BenchResult> {
  const chosen = shorten(asked);
  const wanted = subjects.filter(
    ({ engine, network }) => chosen.engine.includes(engine) && chosen.model.includes(network),
  );
  if (wanted.length === 0) throw new UsageError('none of these networks is trained on one of these engines');
  const [load] = loadavg();
  const peer = await preparePytorch(chosen, wanted);
  const measured: Measured[] = [];
  const skipped: Skipped[] = [];
  const ratios: BenchRow[] = [];
  for (const subject of wanted) {
    const parties = partiesOf(subject, { threads: chosen.threads, python: peer.python })
      .filter(({ name }) => chosen.case.includes(name))
      .map((party) => ({ ...party, kinds: party.kinds.filter((kind) => chosen.kind.includes(kind)) }))
      .filter(({ kinds }) => kinds.length > 0);
    const result = await measureSubject(subject, parties, chosen);
    measured.push(...result.measured);
    skipped.push(...result.skipped);
    ratios.push(...ratioTable(result.measured));
  }
  return {
    title: `Training steps, ${chosen.rounds} rounds`,
    rows: timeTable(measured),
    tables: { Ratios: ratios },
    context: {
      ...describeEngines(measured),
      processor: cpus()[0]?.model ?? 'unknown',
      node: process.version,
      'load of the machine at the start': Number(load!.toFixed(1)),
      ...describeSkipped(skipped),
      ...(peer.reason && { pytorch: `left out: ${peer.reason}` }),
    },
    data: { measured, skipped },
  };
}

async function preparePytorch(
  { case: names }: StepOptions,
  wanted: readonly Subject[],
): Promise<{ readonly python?: string; readonly reason?: string }> {
  const meets = wanted.some(({ engine }) => engine === 'tensorflow');
  if (!meets || !names.some((name) => name.startsWith('pytorch'))) return {};
  const say = (line: string) => process.stderr.write(`pytorch: ${line}\n`);
  try {
    return { python: await preparePeer(say) };
  } catch (error) {
    const { message: reason } = error as Error;
    say(`left out: ${reason}`);
    return { reason };
  }
}

/** What computed, by engine and case. */
function describeEngines(measured: readonly Measured[]): Record<string, string> {
  return Object.fromEntries(
    measured.map(({ subject, party, engine, threads }) => [
      `${subject.engine}, ${party}`,
      `${engine}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    ]),
  );
}

function describeSkipped(skipped: readonly Skipped[]): Record<string, string> {
  return Object.fromEntries(
    skipped.map(({ subject: { engine, network }, party, kind, reason }) => [
      [engine, network, party, ...(kind ? [kind] : [])].join(', '),
      `left out: ${reason}`,
    ]),
  );
}
