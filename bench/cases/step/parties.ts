import { fileURLToPath } from 'node:url';
import { stepKinds, type StepKind } from '../../steps/step-kind.js';
import type { Command } from './step-process.js';
import type { Subject } from './subjects.js';

export const partyNames = [
  'flatbit',
  'stock',
  'convolutions',
  'pytorch',
  'pytorch channels-last',
  'pytorch compiled',
] as const;

export type PartyName = (typeof partyNames)[number];

/** Who takes steps, in a process of its own. */
export interface Party {
  readonly name: PartyName;
  readonly kinds: readonly StepKind[];
  readonly command: Command;
  /** Whether its memory is measured; that of a process which compiles says little. */
  readonly memory: boolean;
}

export interface Setting {
  readonly threads: number;
  /** The interpreter that has PyTorch; without one there is no PyTorch party. */
  readonly python: string | undefined;
}

/** Who can be compared on a subject; PyTorch is native code, so it meets the native engine. */
export function partiesOf(subject: Subject, { threads, python }: Setting): readonly Party[] {
  const node = (name: PartyName, kinds: readonly StepKind[]): Party => ({
    name,
    kinds,
    command: nodeCommand(name, subject, threads),
    memory: true,
  });
  const ours = [
    node('flatbit', stepKinds),
    node('stock', ['full-precision']),
    node('convolutions', ['full-precision', 'saq']),
  ];
  if (python === undefined || subject.engine !== 'tensorflow') return ours;
  const pytorch = (name: PartyName, ...flags: string[]): Party => ({
    name,
    kinds: stepKinds,
    command: pythonCommand(python, subject, threads, flags),
    memory: name !== 'pytorch compiled',
  });
  return [
    ...ours,
    pytorch('pytorch'),
    pytorch('pytorch channels-last', '--channels-last'),
    pytorch('pytorch compiled', '--compile'),
  ];
}

function nodeCommand(party: PartyName, { engine, network, batch }: Subject, threads: number): Command {
  const worker = fileURLToPath(new URL('worker.js', import.meta.url));
  return {
    program: process.execPath,
    args: [worker, party, engine, network, String(batch)],
    env: { TF_NUM_INTRAOP_THREADS: String(threads), TF_CPP_MIN_LOG_LEVEL: '2' },
  };
}

function pythonCommand(
  python: string,
  { network, batch }: Subject,
  threads: number,
  flags: readonly string[],
): Command {
  const serve = fileURLToPath(new URL('../../../peers/serve.py', import.meta.url));
  const setting = ['--network', network, '--batch', String(batch), '--threads', String(threads)];
  return {
    program: python,
    args: [serve, ...setting, ...flags],
    env: { OMP_NUM_THREADS: String(threads), PYTHONDONTWRITEBYTECODE: '1' },
  };
}
