import { assert } from 'chai';
import { createTrainingHooks, fit } from '@flatbit/core';
import { countTensors, expectTensorCount } from '../expect-no-tensor-leak.js';
import { type PluginPromise, withTraining } from './workbench.js';

/** Sections that a training keeps beside those of its plugins. */
export const ownSections: readonly string[] = ['variables', 'optimizer', 'position'];
const reservedNames = [...ownSections, 'training', 'model'];

export const namePromises: readonly PluginPromise[] = [
  {
    sentence: 'has a name in kebab-case, taps under no other, and allocates nothing before prepare',
    async check({ makePlugin }) {
      const before = countTensors();
      const plugin = makePlugin();
      assert.match(plugin.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a plugin has a name in kebab-case');
      assert.ok(!reservedNames.includes(plugin.name), `"${plugin.name}" is a name that the core keeps`);
      const hooks = createTrainingHooks();
      plugin.apply(hooks);
      const names = Object.values(hooks).flatMap((hook) =>
        hook.taps.map(({ name }: { name: string }) => name),
      );
      assert.deepEqual([...new Set(names)], [plugin.name], 'a plugin taps hooks, under its own name');
      expectTensorCount(before);
    },
  },
  {
    sentence: 'works alone',
    async check(workbench) {
      const { batches, makePlugin } = workbench;
      await withTraining(workbench, { plugins: [makePlugin()] }, async (training) => {
        const { epochs } = await fit(training, batches, { epochs: 1, validation: batches });
        for (const { loss } of [epochs[0]!.training, epochs[0]!.validation!]) {
          assert.ok(Number.isFinite(loss), `loss is ${loss}`);
        }
      });
    },
  },
];
