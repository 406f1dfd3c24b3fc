/** Takes steps on request, as `protocol.ts` has them: `node worker.js <party> <engine> <network> <batch>`. */
import type { EngineName } from '@flatbit/backends';
import * as tf from '@tensorflow/tfjs';
import { createInterface } from 'node:readline';
import { milliseconds } from '../../statistics.js';
import type { StepKind } from '../../steps/step-kind.js';
import type { TimedStep } from '../../steps/timed-step.js';
import { buildNetwork, type NetworkName } from './networks.js';
import type { Memory, Message, Ready, Request } from './protocol.js';

const [party, engine, network, batch] = process.argv.slice(2) as [string, EngineName, NetworkName, string];

try {
  send({ ready: party === 'stock' ? await startStock() : await startOurs() });
} catch (error) {
  send({ error: firstLine(error) });
  process.exit(1);
}

const steps = new Map<StepKind, { readonly run: TimedStep; readonly before: number }>();
for await (const line of createInterface({ input: process.stdin })) {
  const { kind, steps: count } = JSON.parse(line) as Request;
  try {
    if (!steps.has(kind)) steps.set(kind, { run: await createStep(kind), before: peakBytes() });
    const { run, before } = steps.get(kind)!;
    const times: number[] = [];
    for (let taken = 0; taken < count; taken += 1) times.push(await milliseconds(run));
    send({ milliseconds: times, memory: { before, peak: peakBytes(), ...heapBytes() } });
  } catch (error) {
    send({ error: firstLine(error) });
  }
}
// The threads of an engine would keep this process alive when nobody asks any more.
process.exit();

async function startOurs(): Promise<Ready> {
  const { selectEngine } = await import('@flatbit/backends');
  const { name, version, threads, customOps } = await selectEngine(engine);
  const without = customOps === false ? ' without the fused ops' : '';
  return { engine: `${name} ${version}${without}`, threads, parameters: parametersOf(buildNetwork(network)) };
}

async function startStock(): Promise<Ready> {
  const { loadStockEngine } = await import('../../steps/load-stock-engine.js');
  const { version, threads } = await loadStockEngine(engine);
  return { engine: version, threads, parameters: parametersOf(buildNetwork(network)) };
}

/** Every kind trains a network of its own. */
async function createStep(kind: StepKind): Promise<TimedStep> {
  const model = buildNetwork(network);
  const size = Number(batch);
  switch (party) {
    case 'stock': {
      const { stockStep } = await import('../../steps/stock-step.js');
      return stockStep(model, size);
    }
    case 'convolutions': {
      const { convolutionStep } = await import('../../steps/convolution-step.js');
      return convolutionStep(model, kind === 'saq' ? 2 : 1, size);
    }
    default: {
      const { ourStep } = await import('../../steps/our-step.js');
      return ourStep(model, kind, size);
    }
  }
}

function parametersOf(model: tf.LayersModel): number {
  const count = model.trainableWeights.reduce(
    (sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]),
    0,
  );
  model.dispose();
  return count;
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function heapBytes(): Pick<Memory, 'heap'> {
  if (tf.getBackend() !== 'wasm') return {};
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  return { heap: wasm.HEAPU8.byteLength };
}

function send(message: Message): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0]!;
}
