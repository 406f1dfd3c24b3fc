// Prints what a checkpoint costs: `node plugins/checkpoint/dist-test/cost.js`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTrainingHooks } from '@flatbit/core';
import { loadCheckpoint, saveCheckpoint } from '@flatbit/plugin-checkpoint';
import { seededRandom, seededValues } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');

/** Hooks of a training with so many parameters in so many tensors, and one momentum slot each. */
function hooksOf(parameters: number, tensors: number) {
  const hooks = createTrainingHooks();
  const size = Math.round(parameters / tensors);
  const data = seededValues(seededRandom(1), size);
  hooks.collectState.tap('cost', (state) => {
    for (const owner of ['variables', 'optimizer']) {
      const section = state.section(owner).tensors;
      for (let at = 0; at < tensors; at += 1) {
        section.set(`layer${at}/kernel`, { dtype: 'float32', shape: [size], data: data.slice() });
      }
    }
  });
  return hooks;
}

async function median(run: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let count = 0; count < 7; count += 1) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return `${times.sort((a, b) => a - b)[3]!.toFixed(0)} ms`;
}

for (const [network, parameters, tensors] of [
  ['ResNet-20', 278_324, 65],
  ['ResNet-18', 11_689_512, 62],
] as const) {
  const folder = mkdtempSync(join(tmpdir(), 'flatbit-cost-'));
  const hooks = hooksOf(parameters, tensors);
  let path = '';
  const saved = await median(async () => {
    path = await saveCheckpoint(hooks, folder);
  });
  const loaded = await median(() => loadCheckpoint(path));
  const { manifest } = await loadCheckpoint(path);
  console.log(`${network}: ${(manifest.tensors.bytes / 1e6).toFixed(1)} MB, save ${saved}, load ${loaded}`);
  rmSync(folder, { recursive: true });
}
