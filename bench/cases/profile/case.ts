import { engineNames, selectEngine, type EngineName } from '@flatbit/backends';
import { Option } from 'commander';
import type { BenchResult } from '../../bench-case.js';
import { integer } from '../../parse-options.js';
import { median, milliseconds } from '../../statistics.js';
import { createModel } from '@flatbit/models';
import { ourStep } from '../../steps/our-step.js';
import { stepKinds, type StepKind } from '../../steps/step-kind.js';
import { OpClock } from './op-clock.js';

interface ProfileOptions {
  readonly engine: EngineName;
  readonly model: string;
  readonly kind: StepKind;
  readonly batch: number;
  readonly steps: number;
  readonly shapes?: true;
}

export const options = [
  new Option('--engine <name>', 'the engine').choices(engineNames).default('tensorflow'),
  new Option('--model <name>', 'the network').default('resnet20'),
  new Option('--kind <name>', 'the step').choices(stepKinds).default('saq'),
  new Option('--batch <number>', 'examples in a step').argParser(integer(1)).default(128),
  new Option('--steps <number>', 'steps whose mean is shown').argParser(integer(1)).default(5),
  new Option('--shapes', 'a row for each op and the shapes of its inputs'),
];

/** Where the time of one step goes: ops, and what is left between them. */
export async function bench(asked: ProfileOptions): Promise<BenchResult> {
  const { model, kind, batch, steps } = asked;
  const engine = await selectEngine(asked.engine);
  const step = await ourStep(createModel(model, { classes: 100 }), kind, batch);
  const takeSteps = async () => {
    const times: number[] = [];
    for (let taken = 0; taken < steps; taken += 1) times.push(await milliseconds(step));
    return times;
  };
  await step();
  await step();
  const unwatched = await takeSteps();
  const clock = new OpClock({ byShape: asked.shapes ?? false });
  clock.attach();
  const times = await takeSteps();
  const stepMs = times.reduce((sum, time) => sum + time, 0) / steps;
  const ops = [...clock.times].map(([op, { calls, milliseconds: total }]) => ({
    op,
    calls: calls / steps,
    ms: total / steps,
  }));
  const inOps = ops.reduce((sum, { ms }) => sum + ms, 0);
  const calls = ops.reduce((sum, op) => sum + op.calls, 0);
  ops.sort((a, b) => b.ms - a.ms);
  return {
    title: `Ops of a ${kind} step of ${model}, batch ${batch}, mean of ${steps}`,
    rows: [
      ...ops,
      { op: 'between the ops', calls: 0, ms: stepMs - inOps },
      { op: 'all', calls, ms: stepMs },
    ].map(({ op, calls, ms }) => ({
      op,
      calls: Number(calls.toFixed(1)),
      ms: Number(ms.toFixed(2)),
      'share, %': Number(((100 * ms) / stepMs).toFixed(1)),
    })),
    context: {
      engine: `${engine.name} ${engine.version}`,
      threads: engine.threads,
      node: process.version,
      'step without the clock, ms (median)': Number(median(unwatched).toFixed(1)),
    },
  };
}
