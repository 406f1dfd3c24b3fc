import { examine, type Examination, type FailingEngine, type WorkingEngine } from '@flatbit/backends/doctor';
import Table from 'cli-table3';
import { print } from './print.js';

export interface DoctorOptions {
  readonly json?: boolean;
}

/** `flatbit doctor`: what every engine is, how fast it is, and what is missing. */
export async function doctor({ json }: DoctorOptions): Promise<void> {
  const examination = await examine();
  print(examination, json, () => describe(examination));
}

function describe({
  node,
  platform,
  processor,
  threads,
  simd,
  gpus,
  tfjs,
  engines,
  selected,
  failure,
}: Examination): string {
  const working = engines.filter((engine): engine is WorkingEngine => engine.works);
  const failing = engines.filter((engine): engine is FailingEngine => !engine.works);
  return [
    `Node ${node}, TensorFlow.js ${tfjs}, ${platform}`,
    `${processor}, ${threads} thread(s), ${simd}`,
    ...gpus.map(({ name, driver }) => `${name}, driver ${driver}`),
    ...(working.length > 0 ? [enginesTable(working)] : []),
    ...(working.some(({ customOps }) => customOps === false) ? [withoutOps] : []),
    ...failing.map(describeFailure),
    selected
      ? `without a name, ${selected.name} is taken: ${selected.reason}`
      : `without a name none is taken: ${failure}`,
  ].join('\n');
}

const withoutOps =
  'tensorflow: without the fused ops of this project, which npx flatbit native install compiles';

function describeFailure({ name, reason, remedy }: FailingEngine): string {
  return `${name}: ${reason}${remedy === undefined || reason.includes(remedy) ? '' : ` (${remedy})`}`;
}

function enginesTable(engines: readonly WorkingEngine[]): string {
  const table = new Table({
    head: ['engine', 'version', 'threads', 'SIMD', 'GPU', 'GFLOP/s'],
    colAligns: ['left', 'left', 'right', 'left', 'left', 'right'],
    style: { head: [], border: [] },
  });
  for (const { name, version, threads, simd = '', gpu = '', gigaflops } of engines) {
    table.push([name, version, threads, simd, gpu, gigaflops]);
  }
  return table.toString();
}
