import { loadExperimentFile, resolveExperiment } from '@flatbit/experiment';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFlatbit } from './run-flatbit.js';
import { temporaryFolder } from './tiny-files.js';

const examples = fileURLToPath(new URL('../../../examples/fixed-precision/', import.meta.url));

/** Seconds instead of minutes. */
const short = [
  ...['--backend', 'cpu', '--set', 'model.width=2', '--set', 'epochs=1', '--set', 'batchSize=16'],
  ...['--set', 'data.split={"train":32,"validation":16,"test":16}'],
];

describe('examples/fixed-precision', () => {
  it('train in full precision, and then at four and at two bits from there', async () => {
    const cwd = temporaryFolder();
    for (const [name, bits] of [
      ['digits-float', { weights: 32, activations: 32 }],
      ['digits-w4a4', { weights: 4, activations: 4 }],
      ['digits-w2a2', { weights: 2, activations: 2 }],
    ] as const) {
      const { code, stderr } = await runFlatbit(['train', join(examples, `${name}.ts`), ...short], { cwd });
      expect(code, stderr).to.equal(0);
      const { layers } = JSON.parse(readFileSync(join(cwd, 'runs', name, 'bits.json'), 'utf8')) as {
        layers: Record<string, unknown>;
      };
      expect(layers['conv2'], name).to.include(bits);
    }
  });

  it('say the same in TypeScript and in JSON', async () => {
    const [typescript, json] = await Promise.all(
      ['digits-w4a4.ts', 'digits-w4a4.json'].map(async (name) =>
        resolveExperiment(await loadExperimentFile(join(examples, name)), name),
      ),
    );
    expect(json).to.deep.equal(typescript);
  });

  it('swap the quantizer with one line', async () => {
    const cwd = temporaryFolder();
    const args = ['train', join(examples, 'digits-float.ts'), ...short, '--set', 'bits=4'];
    for (const name of ['liq', 'lsq', 'minMax']) {
      const { code, stderr } = await runFlatbit(
        [...args, '--set', `quantizer={"name":"${name}"}`, '--out', name],
        {
          cwd,
        },
      );
      expect(code, stderr).to.equal(0);
    }
  });
});
