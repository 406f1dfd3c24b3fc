import { selectEngine } from '@flatbit/backends';
import {
  calibrate,
  createTraining,
  readStep,
  softmaxCrossEntropy,
  trainStep,
  type Training,
  type TrainingPlugin,
} from '@flatbit/core';
import { paperPolicy, quantizable } from '@flatbit/layers';
import { smallCnn } from '@flatbit/models';
import { sgd } from '@flatbit/optimizers';
import { bopsPlugin } from '@flatbit/plugin-bops';
import { quantizePlugin } from '@flatbit/plugin-quantize';
import { samPlugin } from '@flatbit/plugin-sam';
import { cosine, schedulePlugin } from '@flatbit/plugin-schedule';
import { liqQuantizer, lsqQuantizer, minMaxQuantizer } from '@flatbit/quantizers';
import * as tf from '@tensorflow/tfjs';
import type { BenchResult } from '../../bench-case.js';
import { median, milliseconds } from '../../statistics.js';

const BATCH = 64;
const ROUNDS = 21;
const bits = paperPolicy(4);

const cases: Readonly<Record<string, () => readonly TrainingPlugin[]>> = {
  'no plugin': () => [],
  'quantize W4A4, LIQ': () => [quantizePlugin({ quantizer: liqQuantizer(), bits })],
  'quantize W4A4, LSQ': () => [quantizePlugin({ quantizer: lsqQuantizer(), bits })],
  'quantize W4A4, min-max': () => [quantizePlugin({ quantizer: minMaxQuantizer(), bits })],
  sam: () => [samPlugin({ rho: 0.05 })],
  'sam, adaptive': () => [samPlugin({ rho: 0.5, adaptive: true })],
  bops: () => [bopsPlugin({ bits })],
  schedule: () => [schedulePlugin(cosine({ epochs: 10 }))],
  'W4A4 with SAQ': () => [quantizePlugin({ quantizer: liqQuantizer(), bits }), samPlugin({ rho: 0.05 })],
};

/** Median step with each set of plugins, as a ratio to the step without. */
export async function bench(): Promise<BenchResult> {
  const engine = await selectEngine('wasm');
  const batch = {
    inputs: [tf.randomNormal([BATCH, 28, 28, 1], 0, 1, 'float32', 1)],
    targets: [tf.randomUniform([BATCH], 0, 10, 'int32', 2)],
    size: BATCH,
  };
  const trainings = new Map<string, Training>();
  for (const [name, plugins] of Object.entries(cases)) {
    const training = createTraining({
      model: quantizable(smallCnn({ seed: 1 })),
      loss: softmaxCrossEntropy,
      optimizer: sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
      plugins: plugins(),
    });
    await calibrate(training, batch);
    trainings.set(name, training);
  }
  const times = new Map([...trainings.keys()].map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS + 2; round += 1) {
    for (const [name, training] of trainings) {
      const time = await milliseconds(() => readStep(trainStep(training, batch)));
      // The first two rounds warm the engine up.
      if (round >= 2) times.get(name)!.push(time);
    }
  }
  const plain = median(times.get('no plugin')!);
  return {
    title: `A step of the small network for digits, batch ${BATCH}`,
    rows: [...times].map(([name, taken]) => ({
      plugins: name,
      'ms (median of 21)': round(median(taken)),
      'ms, fastest': round(Math.min(...taken)),
      'ratio to no plugin': Number((median(taken) / plain).toFixed(2)),
    })),
    context: { engine: `${engine.name} ${engine.version}`, node: process.version },
  };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
