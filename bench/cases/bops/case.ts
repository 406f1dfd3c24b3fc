import { selectEngine } from '@flatbit/backends';
import type { Operand } from '@flatbit/core';
import { paperPolicy, quantizable } from '@flatbit/layers';
import { createModel } from '@flatbit/models';
import { countBops } from '@flatbit/plugin-bops';
import type { BenchResult } from '../../bench-case.js';
import { median, milliseconds } from '../../statistics.js';

const NAMES = ['resnet50', 'resnet18', 'mobilenetv2', 'mobilenetv2-cifar', 'resnet110', 'resnet20'];
const ROUNDS = 1001;
const bits = paperPolicy(4);

/** Time of one count, by network. */
export async function bench(): Promise<BenchResult> {
  await selectEngine('cpu');
  const rows: BenchResult['rows'][number][] = [];
  for (const name of NAMES) {
    const operands = operandsOf(name);
    const count = () => milliseconds(() => countBops(operands, bits));
    const first = await count();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await count());
    const { layers, bops } = countBops(operands, bits);
    rows.push({
      network: name,
      layers: layers.length,
      BOPs: bops,
      'first, ms': round(first),
      [`median of ${ROUNDS}, ms`]: round(median(times)),
    });
  }
  return { title: 'Counting bit operations at W4A4', rows, context: { node: process.version } };
}

/** What is counted; the network is freed. */
function operandsOf(name: string): readonly Operand[] {
  const network = createModel(name);
  const model = quantizable(network);
  model.dispose();
  network.dispose();
  return model.operands;
}

function round(value: number): number {
  return Number(value.toPrecision(2));
}
