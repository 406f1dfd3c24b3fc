import { createTrainingHooks, type EpochSummary } from '@flatbit/core';
import { cutMetrics, metricsLogPlugin, readMetrics } from '@flatbit/experiment';
import { expect } from 'chai';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

describe('metricsLogPlugin', () => {
  let path: string;

  beforeEach(() => {
    path = join(temporaryFolder(), 'metrics.jsonl');
  });

  const summary = (epoch: number): EpochSummary => ({
    epoch,
    epochs: 9,
    step: epoch * 10,
    learningRateFactor: 0.5,
    training: { loss: 1 / epoch, metrics: { accuracy: 0.75 } },
    validation: { loss: 2, metrics: { accuracy: 0.5 } },
    timing: { seconds: 3, examplesPerSecond: 4 },
  });

  async function log(...epochs: readonly number[]): Promise<void> {
    const hooks = createTrainingHooks();
    metricsLogPlugin(path).apply(hooks);
    for (const epoch of epochs) await hooks.onEpochEnd.promise(summary(epoch));
  }

  it('writes one line per epoch, which does not say how many were asked for', async () => {
    await log(1, 2);
    expect(readFileSync(path, 'utf8')).to.equal(
      '{"epoch":1,"step":10,"learningRateFactor":0.5,"training":{"loss":1,"metrics":{"accuracy":0.75}},' +
        '"validation":{"loss":2,"metrics":{"accuracy":0.5}},"timing":{"seconds":3,"examplesPerSecond":4}}\n' +
        '{"epoch":2,"step":20,"learningRateFactor":0.5,"training":{"loss":0.5,"metrics":{"accuracy":0.75}},' +
        '"validation":{"loss":2,"metrics":{"accuracy":0.5}},"timing":{"seconds":3,"examplesPerSecond":4}}\n',
    );
  });

  it('is cut back to the epochs that a checkpoint knows', async () => {
    await log(1, 2, 3);
    await cutMetrics(path, 2);
    expect(readMetrics(path).map(({ epoch }) => epoch)).to.deep.equal([1, 2]);
  });

  it('forgets a line that was not written to its end', async () => {
    await log(1);
    appendFileSync(path, '{"epoch":2,"st');
    expect(readMetrics(path)).to.have.length(1);
    await cutMetrics(path, 1);
    await log(2);
    expect(readMetrics(path).map(({ epoch }) => epoch)).to.deep.equal([1, 2]);
  });

  it('has no lines before the first epoch', async () => {
    expect(readMetrics(path)).to.deep.equal([]);
    await cutMetrics(path, 0);
    expect(readFileSync(path, 'utf8')).to.equal('');
  });
});
