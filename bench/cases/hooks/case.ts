import { selectEngine } from '@flatbit/backends';
import {
  createTraining,
  createTrainingHooks,
  readStep,
  softmaxCrossEntropy,
  trainStep,
  type TrainingHooks,
} from '@flatbit/core';
import { paperPolicy, quantizable } from '@flatbit/layers';
import { resnet } from '@flatbit/models';
import { sgd } from '@flatbit/optimizers';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { samPlugin } from '@flatbit/plugin-sam';
import { liqQuantizer } from '@flatbit/quantizers';
import * as tf from '@tensorflow/tfjs';
import type { BenchResult } from '../../bench-case.js';
import { median, milliseconds } from '../../statistics.js';

const BATCH = 32;
const STEPS = 7;

/** Hook calls of a ResNet-20 SAQ step, times what a call costs, as a share of the step. */
export async function bench(): Promise<BenchResult> {
  const engine = await selectEngine('wasm');
  const training = createTraining({
    model: quantizable(resnet({ depth: 20 })),
    loss: softmaxCrossEntropy,
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
    plugins: [quantizePlugin({ quantizer: liqQuantizer(), bits: paperPolicy(4) }), samPlugin({ rho: 0.05 })],
  });
  const batch = {
    inputs: [tf.randomNormal([BATCH, 32, 32, 3], 0, 1, 'float32', 1)],
    targets: [tf.randomUniform([BATCH], 0, 100, 'int32', 2)],
    size: BATCH,
  };
  const step = () => readStep(trainStep(training, batch));
  await step();
  const times: number[] = [];
  for (let run = 0; run < STEPS; run += 1) times.push(await milliseconds(step));
  const stepMs = median(times);

  const counts = countCalls(training.hooks);
  await step();
  const callMs = median(Array.from({ length: 9 }, costOfACall));
  const rows = [...counts].map(([hook, { calls, taps }]) => row(hook, calls, taps, callMs, stepMs));
  const calls = [...counts.values()].reduce((sum, count) => sum + count.calls, 0);
  const taps = [...counts.values()].reduce((sum, count) => sum + count.taps, 0);
  rows.push(row('all', calls, taps, callMs, stepMs));
  training.dispose();
  return {
    title: `Hooks in a W4A4 SAQ step of ResNet-20, batch ${BATCH}`,
    rows,
    context: {
      engine: `${engine.name} ${engine.version}`,
      'step, ms (median of 7)': round(stepMs),
      'spread, ms': `${round(Math.min(...times))} to ${round(Math.max(...times))}`,
      'one tap, ns (median of 9 × 1e6)': round(callMs * 1e6),
    },
  };
}

interface Count {
  calls: number;
  taps: number;
}

/** Counts through interceptors, which add nothing that the timed steps before have seen. */
function countCalls(hooks: TrainingHooks): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const [name, hook] of Object.entries(hooks) as [string, TrainingHooks['beforeStep']][]) {
    if (hook.taps.length === 0) continue;
    const count = { calls: 0, taps: 0 };
    hook.intercept({ call: () => void (count.calls += 1), tap: () => void (count.taps += 1) });
    counts.set(name, count);
  }
  return counts;
}

/** Milliseconds of one call with one tap, on a hook of its own. */
function costOfACall(): number {
  const { beforeStep } = createTrainingHooks();
  let seen = 0;
  beforeStep.tap('nothing', ({ step }) => {
    seen += step;
  });
  const context = { epoch: 0, step: 1, stepInEpoch: 1 };
  const calls = 1e6;
  const started = performance.now();
  for (let call = 0; call < calls; call += 1) beforeStep.call(context);
  const elapsed = performance.now() - started;
  if (seen !== calls) throw new Error('the tap did not run');
  return elapsed / calls;
}

function row(hook: string, calls: number, taps: number, callMs: number, stepMs: number) {
  return {
    hook,
    calls,
    taps,
    'share of the step, %': Number((((taps * callMs) / stepMs) * 100).toPrecision(2)),
  };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
