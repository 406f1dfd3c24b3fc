import 'reflect-metadata';
import { fixedBits, UsageError } from '@flatbit/core';
import { BIT_ALLOCATION, TRAINING_PLUGIN } from '@flatbit/core/tokens';
import { bopsPlugin, type BopsPlugin } from '@flatbit/plugin-bops';
import { bopsModule } from '@flatbit/plugin-bops/module';
import { pluginContract, testEngine, tinyTraining } from '@flatbit/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Container } from 'inversify';

describe('bopsPlugin', () => {
  before(async () => void (await tf.setBackend(testEngine)));

  pluginContract('bops', () => bopsPlugin({ bits: fixedBits(4) }));

  it('reports the network that it is installed in', () => {
    const plugin = bopsPlugin({ bits: fixedBits(4), convention: 'actual' });
    expect(plugin.report).to.equal(undefined);
    tinyTraining([plugin]).dispose();
    // Dense 4 → 3 and 3 → 2: 18 MACs at 4 · 4.
    expect(plugin.report).to.deep.include({
      macs: 18,
      bops: 18 * 16,
      fullPrecisionBops: 18 * 1024,
      ratio: 64,
    });
  });

  it('takes bits as a number too', () => {
    const plugin = bopsPlugin({ bits: 4, convention: 'actual' });
    tinyTraining([plugin]).dispose();
    expect(plugin.report!.bops).to.equal(18 * 16);
    expect(() => bopsPlugin({} as never)).to.throw(
      UsageError,
      /^bits: got nothing; takes an integer from 1 to 32/,
    );
    expect(() => bopsPlugin(undefined as never)).to.throw(UsageError, /^bops: got nothing; takes an object/);
  });

  it('reports one training', () => {
    const plugin = bopsPlugin({ bits: fixedBits(4) });
    const first = tinyTraining([plugin]);
    const { report } = plugin;
    expect(() => tinyTraining([plugin])).to.throw(
      UsageError,
      /^plugin "bops" reports one training: make another with bopsPlugin\(\)$/,
    );
    expect(plugin.report).to.equal(report);
    first.dispose();
  });

  it('names unsupported layers in its report, and leaves the warning to the training', () => {
    const lines: string[] = [];
    const plugin = bopsPlugin({
      bits: fixedBits(4),
      unsupported: [{ layer: 'dilated' }],
      warn: (line) => lines.push(line),
    });
    tinyTraining([plugin]).dispose();
    expect(plugin.report!.uncounted).to.deep.equal(['dilated']);
    expect(lines).to.deep.equal([]);
  });

  it('is bound with the bits of the experiment', () => {
    const container = new Container({ defaultScope: 'Singleton', jitless: true });
    container.load(bopsModule({ convention: 'actual' }));
    container.bind(BIT_ALLOCATION).toConstantValue(fixedBits(2));
    const plugin = container.get(TRAINING_PLUGIN) as BopsPlugin;
    tinyTraining([plugin]).dispose();
    expect(plugin.report!.bops).to.equal(18 * 4);
  });
});
