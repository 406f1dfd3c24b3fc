import { stepKinds, type StepKind } from '../../steps/step-kind.js';
import type { Party, PartyName } from './parties.js';
import { progress } from './progress.js';
import type { Memory, Ready } from './protocol.js';
import { StepProcess } from './step-process.js';
import type { Subject } from './subjects.js';

export interface Measured {
  readonly subject: Subject;
  readonly party: PartyName;
  readonly kind: StepKind;
  readonly engine: string;
  readonly threads: number;
  /** Milliseconds of a step, one figure for each round. */
  readonly rounds: number[];
  memory?: Memory;
}

/** A case that could not be measured, and why. */
export interface Skipped {
  readonly subject: Subject;
  readonly party: PartyName;
  readonly kind?: StepKind;
  readonly reason: string;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** Timed steps in a turn; their mean is one figure. */
  readonly steps: number;
  readonly memory: boolean;
}

interface Case {
  readonly party: Party;
  readonly process: StepProcess;
  readonly measured: Measured;
}

const WARM_UP_STEPS = 3;
const MEMORY_STEPS = 5;

/**
 * Times every case of a subject. All processes are up at once and one works at a time: in each round every case gets one turn, so
 * that a machine that gets slower gets slower for all. Memory is measured afterwards, each case in a fresh process.
 */
export async function measureSubject(
  subject: Subject,
  parties: readonly Party[],
  options: MeasureOptions,
): Promise<{ readonly measured: readonly Measured[]; readonly skipped: readonly Skipped[] }> {
  const skipped: Skipped[] = [];
  const skip = (party: Party, error: unknown, kind?: StepKind) => {
    const { message: reason } = error as Error;
    skipped.push({ subject, party: party.name, ...(kind && { kind }), reason });
    progress(subject, `${party.name}${kind ? `, ${kind}` : ''} is left out: ${reason}`);
  };
  const processes: StepProcess[] = [];
  let cases: Case[] = [];
  try {
    let parameters: number | undefined;
    for (const party of parties) {
      const process = new StepProcess(party.command);
      processes.push(process);
      try {
        const ready = await process.ready;
        parameters ??= ready.parameters;
        if (ready.parameters !== parameters)
          throw new Error(`its network has ${ready.parameters} parameters, the others' ${parameters}`);
        cases.push(
          ...party.kinds.map((kind) => ({ party, process, measured: empty(subject, party, kind, ready) })),
        );
      } catch (error) {
        skip(party, error);
      }
    }
    // Of each kind of step the parties in a row: what is compared is measured close together.
    cases.sort((a, b) => stepKinds.indexOf(a.measured.kind) - stepKinds.indexOf(b.measured.kind));
    cases = await keepWorking(cases, skip, async ({ party, process, measured: { kind } }) => {
      progress(subject, `warms up ${party.name}, ${kind}`);
      await process.ask({ kind, steps: WARM_UP_STEPS });
    });
    for (let round = 1; round <= options.rounds && cases.length > 0; round += 1) {
      progress(subject, `round ${round} of ${options.rounds}`);
      cases = await keepWorking(cases, skip, async ({ process, measured }) => {
        measured.rounds.push(await turn(process, measured.kind, options.steps));
      });
    }
  } finally {
    await Promise.all(processes.map((process) => process.stop()));
  }
  if (options.memory) {
    cases = await keepWorking(cases, skip, async ({ party, measured }) => {
      if (!party.memory) return;
      progress(subject, `memory of ${party.name}, ${measured.kind}`);
      measured.memory = await measureMemory(party, measured.kind);
    });
  }
  return { measured: cases.map(({ measured }) => measured), skipped };
}

function empty(subject: Subject, party: Party, kind: StepKind, { engine, threads }: Ready): Measured {
  return { subject, party: party.name, kind, engine, threads, rounds: [] };
}

/** Does something with each case in turn; a case that fails is out. */
async function keepWorking(
  cases: readonly Case[],
  skip: (party: Party, error: unknown, kind: StepKind) => void,
  work: (each: Case) => Promise<void>,
): Promise<Case[]> {
  const working: Case[] = [];
  for (const each of cases) {
    try {
      await work(each);
      working.push(each);
    } catch (error) {
      skip(each.party, error, each.measured.kind);
    }
  }
  return working;
}

/** Mean of some steps after one that wakes the process up. */
async function turn(process: StepProcess, kind: StepKind, steps: number): Promise<number> {
  const { milliseconds } = await process.ask({ kind, steps: steps + 1 });
  return milliseconds.slice(1).reduce((sum, time) => sum + time, 0) / steps;
}

/** Of a process that has done nothing else. */
async function measureMemory(party: Party, kind: StepKind): Promise<Memory> {
  const process = new StepProcess(party.command);
  try {
    await process.ready;
    return (await process.ask({ kind, steps: MEMORY_STEPS })).memory;
  } finally {
    await process.stop();
  }
}
