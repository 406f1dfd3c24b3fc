import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { UsageError } from '@flatbit/core';
import { expect } from 'chai';
import type { main as customQuantizer } from '../examples/custom-quantizer/main.js';
import type { main as digits } from '../examples/digits/main.js';

/** The built module of an example. */
function example(name: string): Promise<unknown> {
  return import(new URL(`../../examples/dist/${name}/main.js`, import.meta.url).href);
}

describe('the digits example, shortened', () => {
  const short = { train: 256, width: 2, epochs: { float: 2, quantized: 1 }, backend: 'wasm' } as const;
  let main: typeof digits;
  before(async () => void ({ main } = (await example('digits')) as { main: typeof digits }));

  it('reports three networks and leaves three run folders and a picture', async () => {
    const out = mkdtempSync(join(tmpdir(), 'flatbit-digits-'));
    const printed: string[] = [];
    const summaries = await main({ ...short, out, print: (text) => printed.push(text) });
    expect(summaries!.map(({ name }) => name)).to.deep.equal(['float', 'w4a4', 'w2a2']);
    const [float, w4a4, w2a2] = summaries!;
    expect(float!.bops.ratio).to.equal(1);
    expect(w4a4!.bops.bops).to.be.lessThan(float!.bops.bops);
    expect(w2a2!.bops.bops).to.be.lessThan(w4a4!.bops.bops);
    for (const { test, sharpness } of summaries!) {
      expect(test!.metrics['accuracy']).to.be.within(0, 1);
      expect(sharpness!.sharpness).to.be.greaterThan(0);
    }
    const table = printed.find((text) => text.includes('test accuracy'))!;
    for (const title of ['full precision', 'W4A4 with SAQ', 'W2A2 with SAQ']) expect(table).to.include(title);
    for (const name of ['float', 'w4a4', 'w2a2']) {
      expect(readdirSync(join(out, name)).sort()).to.deep.equal([
        'bits.json',
        'checkpoints',
        'experiment.json',
        'metrics.jsonl',
        'plots',
        'summary.json',
      ]);
    }
    expect(readFileSync(join(out, 'digits.svg'), 'utf8')).to.include('W2A2 with SAQ');
  });

  it('goes on where it was interrupted, and trains nothing twice', async () => {
    const out = mkdtempSync(join(tmpdir(), 'flatbit-digits-'));
    const whole = mkdtempSync(join(tmpdir(), 'flatbit-digits-'));
    const stop = new AbortController();
    stop.abort();
    expect(await main({ ...short, out, signal: stop.signal, print: () => {} })).to.equal(undefined);
    expect(existsSync(join(out, 'float', 'summary.json'))).to.equal(false);
    const resumed = await main({ ...short, out, print: () => {} });
    const straight = await main({ ...short, out: whole, print: () => {} });
    const measures = (summaries: typeof resumed) =>
      summaries!.map(({ test, sharpness }) => ({ test, sharpness }));
    expect(measures(resumed)).to.deep.equal(measures(straight));
    const written = () => statSync(join(out, 'float', 'metrics.jsonl')).mtimeMs;
    const before = written();
    await main({ ...short, out, print: () => {} });
    expect(written()).to.equal(before);
    const other = await main({ ...short, seed: 2, out, print: () => {} }).catch((error: unknown) => error);
    expect(other).to.be.instanceOf(UsageError);
    expect((other as Error).message).to.match(/the run in it has other settings: seed was 1 and is 2/);
  });
});

describe('the custom quantizer example, shortened', () => {
  it('trains with a quantizer that it brings itself', async () => {
    const { main } = (await example('custom-quantizer')) as { main: typeof customQuantizer };
    const printed: string[] = [];
    const accuracy = await main({
      train: 256,
      width: 2,
      epochs: 1,
      backend: 'wasm',
      print: (text) => printed.push(text),
    });
    expect(accuracy).to.be.within(0, 1);
    expect(printed).to.have.lengthOf(1);
  });
});
